from django.apps import AppConfig


class WalletConfig(AppConfig):
    name = "wallet"
    verbose_name = "Wallet"

    def ready(self) -> None:
        """Say which pages show the wallet's references, give contacts a tab, warn of frozen books."""
        from django.urls import reverse

        from core import banners, references
        from directory import hooks
        from wallet import letters
        from wallet.banners import frozen
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
        banners.asked.register("wallet.frozen", frozen)
        letters.register()
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
