"""Partners, voucher lists, codes, uploads, campaigns and issuances."""

from vouchers.models.alerts import Alert, VoucherSettings
from vouchers.models.batches import (
    StagedCode,
    UploadAct,
    UploadBatch,
    UploadDownload,
    UploadLine,
)
from vouchers.models.campaigns import (
    AudienceRun,
    Campaign,
    CampaignCount,
    CampaignGroup,
    CampaignLeaf,
    CampaignList,
    CampaignStatusChange,
    ListedPerson,
    PeopleList,
    RunPerson,
)
from vouchers.models.codes import Reveal, VoucherCode
from vouchers.models.issuances import Attempt, Issuance, WaitEntry
from vouchers.models.links import ClaimLink, MailRefusal, Sending, Tray
from vouchers.models.lists import CAPACITY, SLOTS, ListCount, ListStatusChange, VoucherList
from vouchers.models.partners import Partner, PartnerContact
from vouchers.models.redemptions import (
    CodeHold,
    Guesser,
    Redemption,
    RedemptionLine,
    RedemptionUpload,
)
from vouchers.models.watches import Watch
from vouchers.models.webhooks import WebhookAttempt, WebhookEndpoint, WebhookMessage

__all__ = [
    "CAPACITY",
    "SLOTS",
    "Alert",
    "Attempt",
    "AudienceRun",
    "Campaign",
    "CampaignCount",
    "CampaignGroup",
    "CampaignLeaf",
    "CampaignList",
    "CampaignStatusChange",
    "ClaimLink",
    "CodeHold",
    "Guesser",
    "Issuance",
    "ListCount",
    "ListStatusChange",
    "ListedPerson",
    "MailRefusal",
    "Partner",
    "PartnerContact",
    "PeopleList",
    "Redemption",
    "RedemptionLine",
    "RedemptionUpload",
    "Reveal",
    "RunPerson",
    "Sending",
    "StagedCode",
    "Tray",
    "UploadAct",
    "UploadBatch",
    "UploadDownload",
    "UploadLine",
    "VoucherCode",
    "VoucherList",
    "VoucherSettings",
    "WaitEntry",
    "Watch",
    "WebhookAttempt",
    "WebhookEndpoint",
    "WebhookMessage",
]
