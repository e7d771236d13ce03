from django.apps import AppConfig


class VouchersConfig(AppConfig):
    name = "vouchers"
    verbose_name = "Vouchers"

    def ready(self) -> None:
        """Tell the workers what becomes of a code that was given, and the mails what they may say."""
        from django.urls import reverse

        from core import mail, outbox, references
        from vouchers import happenings
        from vouchers.selectors import arrivals
        from vouchers.services import mailing

        mail.late.register(mailing.KIND, mailing.LATE)
        references.nouns.register(
            "vouchers.sending",
            references.Noun(on_mail_sent=mailing.mail_sent, on_mail_failed=mailing.mail_failed),
        )
        references.nouns.register(
            "vouchers.webhook", references.Noun(url=lambda pk: reverse("voucher_webhooks"))
        )
        arrivals.register()
        outbox.subscribe(happenings.REWARDED, "vouchers.mail_voucher")
        outbox.subscribe(happenings.WAITLISTED, "vouchers.mail_waiting")
        for topic in happenings.HAPPENINGS:
            outbox.subscribe(topic, "vouchers.tell_endpoints")
