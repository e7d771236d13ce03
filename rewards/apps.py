from django.apps import AppConfig


class RewardsConfig(AppConfig):
    name = "rewards"
    verbose_name = "Rewards"

    def ready(self) -> None:
        """Tell the workers who registers and what becomes of money, and the pages what is where."""
        from django.urls import reverse

        from core import outbox, references
        from directory import hooks
        from rewards import letters
        from rewards.selectors import for_vouchers
        from rewards.services.announcing import EVALUATED
        from rewards.views.contacts import panel
        from vouchers.questions import outside
        from vouchers.selectors import arrivals
        from vouchers.triggers import Trigger

        for noun, page in (("events.event", "reward_event"), ("rewards.award", "reward_award")):
            references.nouns.register(
                noun,
                references.Noun(url=lambda pk, page=page: reverse(page, args=[pk])),  # type: ignore[misc]
            )
        hooks.contact_panels.register(
            "rewards",
            hooks.ContactPanel(
                label="Rewards",
                template="rewards/contacts/_panel.html",
                context=panel,
                permission="schemes.read",
                order=30,
            ),
        )

        letters.register()
        outbox.subscribe("directory.business_registered", "rewards.set_up_businesses")
        outbox.subscribe("directory.contact_registered", "rewards.award_registration")
        arrivals.add(
            Trigger(EVALUATED, "A reward", "earns a reward"),
            lambda payload, at: arrivals.by_event(payload, at) if payload["awards"] else None,
        )
        outside.register("reward_earned", for_vouchers.REWARD_EARNED)
        for topic in ("wallet.used", "wallet.lapsed", "wallet.award_cancelled"):
            outbox.subscribe(topic, "rewards.follow_wallet")
