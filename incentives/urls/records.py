"""The desk's pages over everything: all distributions, all messages, reports, e-mails."""

from django.urls import path

from incentives.views import emails, reports
from incentives.views.records import DistributionRecords, MessageRecords

urlpatterns = [
    path("provider/incentive-distributions", DistributionRecords.as_view(), name="distributions"),
    path("provider/messages", MessageRecords.as_view(), name="conversation_messages"),
    path("provider/reports", reports.reports, name="reports"),
    path("provider/emails", emails.emails, name="emails"),
    path("provider/emails/<slug:key>", emails.email_preview, name="email_preview"),
    path("provider/emails/<slug:key>/html", emails.email_html, name="email_html"),
]
