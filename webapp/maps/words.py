"""Words that the map's own scripts put on the screen, in the language of the reader."""

from __future__ import annotations

from flask_babel import gettext as _

__all__ = ["map_words"]


def map_words() -> dict[str, str]:
    """Text by the name under which the scripts ask for it; ``{n}`` is filled in there."""
    return {
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
        "rows": _("{layer}: {n} in view"),
        "no_layer": _("No layer chosen"),
        "no_rows": _("{layer}: a surface has no table"),
        "cut": _("{shown} of {total} are drawn: zoom in to see all."),
        "zoom_for": _("Shown from a closer view: zoom in."),
        "loading": _("Loading…"),
        "empty": _("Nothing of this layer lies in this view. Zoom out, or move the map."),
        "empty_hint": _("Choose a layer in the panel to see its rows here."),
        "unreachable": _("The server cannot be reached. What you see stays; nothing was lost."),
        "refused": _("This layer could not be loaded."),
        "retry": _("Try again"),
        "reference": _("Reference"),
        "open": _("Open"),
        "match": _("Match for this"),
        "back": _("Back to the layers"),
        "source": _("Source"),
        "since": _("since"),
        "present": _("Attributes as they are now; none were recorded for this date."),
        "no_hits": _("Nothing found for “{text}”."),
        "hits": _("{n} found"),
        "more_rows": _("Show more rows ({shown} of {total})"),
        "certainty": _("Certainty"),
        "more": _("Show more of the panel"),
        "less": _("Show less of the panel"),
        "unknown": _("unknown"),
        "place": _("RD {x}, {y} · {lat}° N, {lon}° E"),
    }
