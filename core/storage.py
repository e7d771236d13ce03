"""Static files under names that carry their hash, our own modules' imports included."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage

_MODULE_IMPORTS = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Rewrites `import … from "./name.js"` in `js/`, so that a module is never a stale one.

    Django's own switch would do so in every script, and fails on a comment in one of htmx's files.
    """

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", _MODULE_IMPORTS))
