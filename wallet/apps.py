from django.apps import AppConfig


class WalletConfig(AppConfig):
    name = "wallet"
    verbose_name = "Wallet"

    def ready(self) -> None:
        """Say how the wallet's references become pages, and give contacts a tab."""
        from django.urls import reverse

        from core import references
        from directory import hooks
        from wallet.views.contacts import panel

        for noun, page in (
            ("wallet.journal", "journal_detail"),
            ("wallet.lot", "lot_detail"),
            ("wallet.hold", "hold_detail"),
            ("wallet.use", "use_detail"),
        ):
            references.nouns.register(
                noun,
                references.Noun(url=lambda pk, page=page: reverse(page, args=[pk])),  # type: ignore[misc]
            )
        hooks.contact_panels.register(
            "wallet",
            hooks.ContactPanel(
                label="Wallet",
                template="wallet/contacts/_panel.html",
                context=panel,
                permission="wallet.read",
                order=40,
            ),
        )
