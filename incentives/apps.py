from collections.abc import Sequence
from datetime import datetime

from django.apps import AppConfig


class IncentivesConfig(AppConfig):
    name = "incentives"
    verbose_name = "Incentives"

    def ready(self) -> None:
        from django.urls import reverse

        from core import mail, references
        from directory import hooks
        from incentives.selectors import desk, for_vouchers
        from incentives.services import acknowledgement_requests, fulfilments, requests, sweeps
        from vouchers.questions import outside
        from vouchers.services import fulfilling

        # A distribution that is fulfilled by a voucher: its code goes out with E07 (decision D6).
        fulfilling.promise(fulfilments.KIND)
        mail.late.register("E07", fulfilments.LATE)
        outside.register("offer_status", for_vouchers.OFFER_STATUS)

        def mail_failed(pk: int, address: str, at: datetime) -> None:
            sweeps.note_mail_failed(pk=pk, address=address, at=at)

        def invitation_failed(pk: int, address: str, at: datetime) -> None:
            acknowledgement_requests.note_undelivered(pk=pk, address=address, at=at)

        references.nouns.register(
            "incentives.acknowledgement",
            references.Noun(
                url=lambda pk: reverse("acknowledgement_detail", args=[pk]),
                on_mail_failed=invitation_failed,
            ),
        )
        references.nouns.register(
            "incentives.offer",
            references.Noun(
                url=lambda pk: reverse("offer_detail", args=[pk]), on_mail_failed=mail_failed
            ),
        )

        def request_mail_failed(pk: int, address: str, at: datetime) -> None:
            requests.note_mail_failed(pk=pk, address=address, at=at)

        references.nouns.register(
            "incentives.request",
            references.Noun(
                url=lambda pk: reverse("request_detail", args=[pk]),
                on_mail_failed=request_mail_failed,
            ),
        )
        references.nouns.register(
            "incentives.link_template",
            references.Noun(url=lambda pk: reverse("link_template_edit", args=[pk])),
        )

        def programs_on(product_ids: Sequence[int]) -> dict[int, hooks.Use]:
            found = desk.programs_by_product(product_ids=product_ids)
            return {
                product: hooks.Use(f"Program {row.pk}", reverse("program_detail", args=[row.pk]))
                for product, row in found.items()
            }

        hooks.product_uses.register("incentive program", programs_on)
