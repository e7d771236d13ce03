"""Addresses of events. No trailing slashes (decision D15)."""

from __future__ import annotations

from django.urls import path

from events.views import classifications, conditions

urlpatterns = [
    path("conditions/editor", conditions.condition_editor, name="condition_editor"),
    path("conditions/words", conditions.condition_words, name="condition_words"),
    path(
        "settings/classifications",
        classifications.ClassificationList.as_view(),
        name="classification_list",
    ),
    path(
        "settings/classifications/add",
        classifications.classification_add,
        name="classification_add",
    ),
    path(
        "settings/classifications/<int:pk>/edit",
        classifications.classification_edit,
        name="classification_edit",
    ),
    path(
        "settings/classifications/<int:pk>/delete",
        classifications.classification_delete,
        name="classification_delete",
    ),
]
