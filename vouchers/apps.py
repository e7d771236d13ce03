from django.apps import AppConfig


def _page_of_issuance(pk: int) -> str:
    from django.urls import reverse

    from vouchers.selectors.issuances import public_id_of

    found = public_id_of(pk)
    return reverse("voucher_issuance", args=[found]) if found else ""


class VouchersConfig(AppConfig):
    name = "vouchers"
    verbose_name = "Vouchers"

    def ready(self) -> None:
        """Tell the workers what becomes of a code that was given, and the mails what they may say."""
        from django.urls import reverse

        from core import bells, mail, outbox, references
        from directory.selectors import people
        from vouchers import happenings
        from vouchers.selectors import arrivals
        from vouchers.selectors.alerts import loud_of_member
        from vouchers.services import mailing
        from vouchers.views import bell

        mail.late.register(mailing.KIND, mailing.LATE)
        references.nouns.register(
            "vouchers.sending",
            references.Noun(on_mail_sent=mailing.mail_sent, on_mail_failed=mailing.mail_failed),
        )
        references.nouns.register(
            "vouchers.webhook", references.Noun(url=lambda pk: reverse("voucher_webhooks"))
        )
        references.nouns.register("vouchers.issuance", references.Noun(url=_page_of_issuance))
        arrivals.register()
        bells.asked.register("vouchers.alerts", bell.rung)
        people.noted.register(bell.NOTE, loud_of_member)
        outbox.subscribe(happenings.REWARDED, "vouchers.mail_voucher")
        outbox.subscribe(happenings.WAITLISTED, "vouchers.mail_waiting")
        for topic in happenings.HAPPENINGS:
            outbox.subscribe(topic, "vouchers.tell_endpoints")
