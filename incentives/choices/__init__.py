"""The closed vocabularies of incentives: codes as they are stored, and the words that people read."""

from incentives.choices.acknowledgements import (
    AcknowledgementRequestStatus,
    AcknowledgementState,
)
from incentives.choices.groups import (
    SEATED,
    GroupMemberStatus,
    GroupRole,
)
from incentives.choices.offers import (
    CLOSED,
    CONFIRMED,
    FACES,
    FINAL,
    JOINABLE,
    OPEN,
    REOFFERABLE,
    TONES,
    OfferStatus,
    Side,
    StatusFace,
    waits_for,
)
from incentives.choices.promises import (
    DeliveryMethod,
    EntityStage,
    EntityType,
    IncentiveType,
    OfferType,
    TermsKind,
    ValueUnit,
)
from incentives.choices.records import (
    DistributionStatus,
    SenderKind,
)
from incentives.choices.sharing import (
    ProgramStatus,
    TemplateStatus,
)
from incentives.choices.widgets import (
    WidgetLanguage,
    WidgetSize,
    WidgetTheme,
)

__all__ = [
    "CLOSED",
    "CONFIRMED",
    "FACES",
    "FINAL",
    "JOINABLE",
    "OPEN",
    "REOFFERABLE",
    "SEATED",
    "TONES",
    "AcknowledgementRequestStatus",
    "AcknowledgementState",
    "DeliveryMethod",
    "DistributionStatus",
    "EntityStage",
    "EntityType",
    "GroupMemberStatus",
    "GroupRole",
    "IncentiveType",
    "OfferStatus",
    "OfferType",
    "ProgramStatus",
    "SenderKind",
    "Side",
    "StatusFace",
    "TemplateStatus",
    "TermsKind",
    "ValueUnit",
    "WidgetLanguage",
    "WidgetSize",
    "WidgetTheme",
    "waits_for",
]
