"""The widgets' own words in the languages that a provider can choose. Pure.

The recipient's words stay as they were written; only what the widget says itself is translated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from incentives.terms import Terms


@dataclass(frozen=True, slots=True)
class Words:
    """What a widget says in one language; `locale` writes its dates, numbers and amounts."""

    locale: str
    receipt: str
    verified_recipient: str
    verified_provider: str
    about: str
    by: str
    received: str
    more: str
    title: str
    acknowledgements: tuple[str, str]
    incentives: tuple[str, str]
    what_people_say: str
    nothing: str
    unavailable: str
    unavailable_text: str
    opens: str

    def day(self, day: date) -> str:
        """Write a day as the language does: "3 Nov 2026", "03.11.2026"."""
        return format_date(day, "medium", locale=self.locale)

    def value(self, terms: Terms) -> str:
        """Write a value as the language does, or return an empty text where it has no number."""
        amount = terms.amount
        return amount.format(self.locale) if amount is not None else terms.value_text


WORDS: dict[str, Words] = {
    "en": Words(
        "en_GB", "Receipt confirmed", "Verified recipient", "Verified provider", "About", "By",
        "Received", "About this program", "Acknowledgement of {}",
        ("acknowledgement", "acknowledgements"), ("incentive provided", "incentives provided"),
        "What recipients say", "No words have been published yet.", "Nothing to show here",
        "This widget is not available.", "opens in a new tab",
    ),
    "de": Words(
        "de_DE", "Erhalt bestätigt", "Verifizierter Empfänger", "Verifizierter Anbieter", "Über",
        "Von", "Erhalten", "Zum Programm", "Empfangsbestätigung für {}",
        ("Bestätigung", "Bestätigungen"), ("Prämie vergeben", "Prämien vergeben"),
        "Was Empfänger sagen", "Noch wurde nichts veröffentlicht.", "Hier gibt es nichts zu sehen",
        "Dieses Widget ist nicht verfügbar.", "öffnet in neuem Tab",
    ),
    "el": Words(
        "el_GR", "Η παραλαβή επιβεβαιώθηκε", "Επαληθευμένος παραλήπτης", "Επαληθευμένος πάροχος",
        "Για", "Από", "Παραλήφθηκε", "Περισσότερα για το πρόγραμμα", "Επιβεβαίωση παραλαβής: {}",
        ("επιβεβαίωση", "επιβεβαιώσεις"), ("παροχή δόθηκε", "παροχές δόθηκαν"),
        "Τι λένε οι παραλήπτες", "Δεν έχει δημοσιευτεί κάτι ακόμη.", "Δεν υπάρχει κάτι εδώ",
        "Αυτό το widget δεν είναι διαθέσιμο.", "ανοίγει σε νέα καρτέλα",
    ),
    "es": Words(
        "es_ES", "Recepción confirmada", "Destinatario verificado", "Proveedor verificado", "Sobre",
        "De", "Recibido", "Sobre este programa", "Confirmación de recepción de {}",
        ("confirmación", "confirmaciones"), ("incentivo entregado", "incentivos entregados"),
        "Lo que dicen los destinatarios", "Aún no se ha publicado nada.", "No hay nada que mostrar",
        "Este widget no está disponible.", "se abre en una pestaña nueva",
    ),
    "fr": Words(
        "fr_FR", "Réception confirmée", "Destinataire vérifié", "Fournisseur vérifié", "À propos de",
        "De", "Reçu", "À propos de ce programme", "Confirmation de réception de {}",
        ("confirmation", "confirmations"), ("avantage accordé", "avantages accordés"),
        "Ce que disent les destinataires", "Rien n’a encore été publié.", "Rien à afficher ici",
        "Ce widget n’est pas disponible.", "s’ouvre dans un nouvel onglet",
    ),
    "it": Words(
        "it_IT", "Ricezione confermata", "Destinatario verificato", "Fornitore verificato", "Su",
        "Da", "Ricevuto", "Informazioni sul programma", "Conferma di ricezione di {}",
        ("conferma", "conferme"), ("incentivo erogato", "incentivi erogati"),
        "Cosa dicono i destinatari", "Nulla è stato ancora pubblicato.", "Niente da mostrare qui",
        "Questo widget non è disponibile.", "si apre in una nuova scheda",
    ),
}  # fmt: skip


def words_in(language: str) -> Words:
    """Return the words of the language, or the English ones."""
    return WORDS.get(language, WORDS["en"])
