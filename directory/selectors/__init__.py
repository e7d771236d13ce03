"""Reading the directory. Everything but the acting membership is asked for one organisation.

The network, the catalogue and the segments have modules of their own: `selectors.network` and so on.
"""

from directory.selectors.people import (
    acting_membership,
    active_memberships,
    api_key,
    api_keys_of,
    business_by_slug,
    contact,
    contact_import,
    contacts_of,
    contacts_with_addresses,
    import_to_run,
    invitation,
    member,
    membership_to_act_under,
    memberships_to_switch,
    open_invitations,
    product,
    products_of,
    profile_by_slug,
    profile_of,
    recent_imports,
    team_of,
    user_by_email,
)

__all__ = [
    "acting_membership",
    "active_memberships",
    "api_key",
    "api_keys_of",
    "business_by_slug",
    "contact",
    "contact_import",
    "contacts_of",
    "contacts_with_addresses",
    "import_to_run",
    "invitation",
    "member",
    "membership_to_act_under",
    "memberships_to_switch",
    "open_invitations",
    "product",
    "products_of",
    "profile_by_slug",
    "profile_of",
    "recent_imports",
    "team_of",
    "user_by_email",
]
