"""Partners, voucher lists, codes, uploads, campaigns and issuances."""

from vouchers.models.batches import UploadBatch, UploadLine
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
from vouchers.models.lists import CAPACITY, SLOTS, ListCount, ListStatusChange, VoucherList
from vouchers.models.partners import Partner, PartnerContact

__all__ = [
    "CAPACITY",
    "SLOTS",
    "Attempt",
    "AudienceRun",
    "Campaign",
    "CampaignCount",
    "CampaignGroup",
    "CampaignLeaf",
    "CampaignList",
    "CampaignStatusChange",
    "Issuance",
    "ListCount",
    "ListStatusChange",
    "ListedPerson",
    "Partner",
    "PartnerContact",
    "PeopleList",
    "Reveal",
    "RunPerson",
    "UploadBatch",
    "UploadLine",
    "VoucherCode",
    "VoucherList",
    "WaitEntry",
]
