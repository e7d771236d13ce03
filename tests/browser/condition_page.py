"""A page that uses the condition editor as offers and pools do, for the browser's test alone."""

from __future__ import annotations

from django.http import HttpResponse
from django.template import engines
from django.urls import path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as real
from directory.permissions import access
from directory.sessions import DeskRequest
from events.forms.conditions import ConditionForms

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
PAGE = """{% extends "layouts/desk.html" %}{% load static %}
{% block title %}Conditions{% endblock %}{% block heading %}Conditions{% endblock %}
{% block content %}<form method="post" class="with-side" novalidate>{% csrf_token %}
<div class="card"><div class="card-body">
{% if conditions.form.is_bound and conditions.entries %}
{% include "components/_error_summary.html" with entries=conditions.entries form=conditions.form %}
{% endif %}{% include "events/conditions/_editor.html" %}
<button type="submit" class="btn btn-primary">Save</button></div></div>
<aside class="side">{% include "events/conditions/_words.html" %}</aside></form>{% endblock %}
{% block head_extra %}<link rel="stylesheet" href="{% static 'css/directory.css' %}">{% endblock %}
"""


@access("catalogue.read")
def conditions_page(request: DeskRequest) -> HttpResponse:
    forms = ConditionForms(request.POST or None, business=request.organisation)
    template = engines["django"].from_string(PAGE)
    return HttpResponse(template.render({"conditions": forms}, request))


urlpatterns = [path("conditions/page", conditions_page), *real]
