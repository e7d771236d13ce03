"""The pages about a group's members: the desk's list of them, and their own."""

from django.urls import path

from incentives.views import group_members, groups

MEMBERS = "provider/incentive-offers/group-members"

urlpatterns = [
    path(f"{MEMBERS}/<int:pk>", group_members.GroupMembers.as_view(), name="offer_members"),
    path(
        f"{MEMBERS}/<int:pk>/progress",
        group_members.offer_members_progress,
        name="offer_members_progress",
    ),
    path(
        f"{MEMBERS}/<int:pk>/<int:member_pk>/resend",
        group_members.offer_member_resend,
        name="offer_member_resend",
    ),
    path(
        f"{MEMBERS}/<int:pk>/<int:member_pk>/remove",
        group_members.offer_member_remove,
        name="offer_member_remove",
    ),
    path(
        f"{MEMBERS}/<int:pk>/<int:member_pk>/make-lead",
        group_members.offer_member_make_lead,
        name="offer_member_make_lead",
    ),
    path("incentive-offers/claim/join", groups.group_join, name="group_join"),
    path("incentive-offers/claim/turn-down", groups.group_turn_down, name="group_turn_down"),
    path("incentive-offers/claim/leave", groups.group_leave, name="group_leave"),
]
