"""Every change of a business's rewards configuration goes through here, one after the other."""

from __future__ import annotations

import secrets

from directory.models import Organisation
from rewards.models import RewardSettings


def lock_for_change(*, business: Organisation) -> RewardSettings:
    """Lock the configuration of the business until the transaction ends, and give it a new revision.

    Changes of one business wait for each other; evaluation takes no such lock. A revision grows by a
    random step, so that one which was rolled back is not met again with another meaning: snapshots are
    kept by it.
    """
    settings, _ = RewardSettings.objects.select_for_update().get_or_create(business=business)
    settings.revision += 1 + secrets.randbelow(1 << 20)
    settings.save(update_fields=["revision"])
    return settings
