"""Views that show: one of the premises with its vacancy, and the worklist of staff."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from flask import Response, render_template, request
from flask_babel import gettext as _

from geo_assen import services
from geo_assen.access import Role
from geo_assen.export import MEDIA_TYPES, encode
from webapp import params
from webapp.auth.roles import current_role, requires
from webapp.language import current_language
from webapp.review import entry
from webapp.review.blueprint import blueprint
from webapp.review.premises import story_of
from webapp.review.question import LIST_ARGS, PAGE_ARGS, read_question
from webapp.review.words import ORDERS
from webapp.review.worklist import file_table, worklist_of
from webapp.store import current_store

__all__ = ["blueprint", "csv_file", "entry", "premises", "review"]

_PREMISES_ARGS = frozenset({"as_of", "known_at", "lang", "then", "next"}) | LIST_ARGS
_LONGEST_CODE = 80


@blueprint.get("/vacancy/premises/<code>")
@requires(Role.PUBLIC)
def premises(code: str) -> str:
    """Show who said what of one of the premises, and what follows from it."""
    params.refuse_unknown(request.args, _PREMISES_ARGS)
    as_of, known_at = params.as_of(request.args), params.day(request.args, "known_at")
    legend = current_store().catalogue.layers["vacancy"].legend
    return render_template(
        "review/premises.html",
        story=story_of(code, as_of, known_at),
        known_at=known_at,
        marks={item.value: item for item in legend.classes} if legend else {},
        onward=_onward() if current_role() >= Role.STAFF else None,
    )


@blueprint.get("/vacancy/review")
@requires(Role.STAFF)
def review() -> str:
    """List the premises that are to be looked at, and why."""
    params.refuse_unknown(request.args, PAGE_ARGS)
    asked = read_question(request.args)
    return render_template(
        "review/worklist.html",
        asked=asked,
        worklist=worklist_of(asked),
        orders=ORDERS,
        query=urlencode([("then", "review"), *asked.args]),
        file_url=asked.address("/vacancy/review.csv", today=services.today()),
    )


@blueprint.get("/vacancy/review.csv")
@requires(Role.STAFF)
def csv_file() -> Response:
    """Give the list as CSV, in Dutch signs for a Dutch reader."""
    params.refuse_unknown(request.args, PAGE_ARGS)
    asked = read_question(request.args)
    like = current_store().catalogue.layers["vacancy"]
    rows = file_table(asked).layer_rows(like, asked.as_of, None, of="vacancy")
    kind = "csv-nl" if current_language() == "nl" else "csv"
    answer = Response(encode(rows, kind), content_type=MEDIA_TYPES["csv"])
    name = f"vacancy-review-{asked.as_of.isoformat()}.csv"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _onward() -> tuple[tuple[str, str], ...] | None:
    """Links on to the worklist that a form was opened from: words and address of each."""
    if not request.args.get("then"):
        return None
    then = params.choice("then", request.args["then"], ("review",))
    asked = read_question(request.args)
    query = urlencode([("then", then), *asked.args])
    after = params.text(request.args, "next", longest=_LONGEST_CODE)
    links = [_link_to_next(after, query)] if after else []
    back = urlencode(asked.args)
    links.append((_("To the worklist"), f"/vacancy/review{'?' if back else ''}{back}"))
    return tuple(links)


def _link_to_next(code: str, query: str) -> tuple[str, str]:
    place = story_of(code, services.today(), None).place
    words = _("Next on the worklist: %(name)s", name=place)
    return words, f"/vacancy/premises/{quote(code)}/observe?{query}"
