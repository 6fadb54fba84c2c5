"""Views that record: what staff saw on the spot, and the steps that they took.

An observation without cautions is recorded at once, since whoever types it stands in the
street; one with cautions is shown first, with what it would change.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from geo_assen import services
from geo_assen.access import Role
from geo_assen.services import EntryRefused, ObservationEffect, ObservationEntry
from webapp import params
from webapp.auth.roles import current_role, current_user_name, requires
from webapp.review.blueprint import blueprint
from webapp.review.form import (
    FOLLOW_UP_FIELDS,
    OBSERVATION_FIELDS,
    Faults,
    new_follow_up,
    new_observation,
    read_follow_up,
    read_observation,
    refused,
    typed_in,
)
from webapp.review.premises import story_of
from webapp.review.question import LIST_ARGS, read_question
from webapp.review.words import (
    CAUTIONS,
    code_words,
    day_words,
    inside,
    known,
    since_words,
    state_words,
)
from webapp.review.worklist import following
from webapp.store import current_store

__all__ = ["check_or_record", "follow_up", "observe", "record_step"]

_ARGS = LIST_ARGS | {"then", "lang"}

Page = str | tuple[str, int] | Response
Args = list[tuple[str, str]]


@blueprint.get("/vacancy/premises/<code>/observe")
@requires(Role.STAFF)
def observe(code: str) -> Page:
    """Show the form of an observation, made for whoever stands in front of the premises."""
    params.refuse_unknown(request.args, _ARGS)
    return _observe_form(code, request.args, new_observation(), {})


@blueprint.post("/vacancy/premises/<code>/observe")
@requires(Role.STAFF)
def check_or_record(code: str) -> Page:
    """Record an observation; one with cautions is shown first and recorded with ``step=record``."""
    typed = typed_in(request.form, OBSERVATION_FIELDS)
    step = params.choice("step", request.form.get("step", "check"), ("check", "edit", "record"))
    if step == "edit":
        return _observe_form(code, request.form, typed, {})
    entry, faults = read_observation(code, typed)
    if entry is None:
        return _observe_form(code, request.form, typed, faults), 400
    try:
        effect = services.observation_effect(current_store(), entry, role=current_role())
        if effect.cautions and step == "check":
            return _effect(entry, effect, typed)
        address = _recorded_address(code)
        services.record_observation(current_store(), entry, role=current_role())
    except EntryRefused as error:
        return _observe_form(code, request.form, typed, refused(error.faults)), 400
    state = inside(state_words(entry.state, entry.vacant_share))
    flash(_("Recorded: %(what)s, %(day)s.", what=state, day=day_words(entry.observed_on)))
    return redirect(address, 303)


@blueprint.get("/vacancy/premises/<code>/follow-up")
@requires(Role.STAFF)
def follow_up(code: str) -> Page:
    """Show the form of a step that was taken."""
    params.refuse_unknown(request.args, _ARGS)
    return _follow_up_form(code, request.args, new_follow_up(), {})


@blueprint.post("/vacancy/premises/<code>/follow-up")
@requires(Role.STAFF)
def record_step(code: str) -> Page:
    """Record a step that was taken."""
    typed = typed_in(request.form, FOLLOW_UP_FIELDS)
    entry, faults = read_follow_up(code, typed)
    if entry is None:
        return _follow_up_form(code, request.form, typed, faults), 400
    address = _recorded_address(code)
    try:
        services.record_follow_up(
            current_store(), entry, user_name=current_user_name() or "", role=current_role()
        )
    except EntryRefused as error:
        return _follow_up_form(code, request.form, typed, refused(error.faults)), 400
    step = inside(code_words("follow_up_step")[entry.step])
    flash(_("Recorded: %(what)s, %(day)s.", what=step, day=day_words(entry.followed_on)))
    return redirect(address, 303)


def _observe_form(
    code: str, asked: MultiDict[str, str], typed: dict[str, str], faults: Faults
) -> str:
    carried = _carried(asked)
    return render_template(
        "review/observe.html",
        story=story_of(code, services.today(), None),
        typed=typed,
        faults=faults,
        carried=carried,
        list_url=_list_url(carried),
        skip_url=_skip_url(code, asked),
        states=code_words("vacancy_state"),
        sources=code_words("vacancy_source"),
    )


def _follow_up_form(
    code: str, asked: MultiDict[str, str], typed: dict[str, str], faults: Faults
) -> str:
    carried = _carried(asked)
    return render_template(
        "review/follow_up.html",
        story=story_of(code, services.today(), None),
        typed=typed,
        faults=faults,
        carried=carried,
        list_url=_list_url(carried),
        steps=code_words("follow_up_step"),
    )


def _effect(entry: ObservationEntry, effect: ObservationEffect, typed: dict[str, str]) -> str:
    carried = _carried(request.form)
    return render_template(
        "review/effect.html",
        story=story_of(entry.premises, services.today(), None),
        typed=typed,
        carried=carried,
        cautions=[str(CAUTIONS[name]) for name in effect.cautions],
        said=state_words(entry.state, entry.vacant_share),
        entry=entry,
        source=code_words("vacancy_source")[entry.source],
        before=_state_of(effect.before),
        after=_state_of(effect.after),
    )


def _state_of(state: Mapping[Hashable, Any]) -> str:
    """State in words, with the day since which premises are vacant."""
    words = state_words(str(state["state"]), state["vacant_share"])
    since = known(state["vacant_since"])
    if since is None:
        return words
    day = since_words(since, bool(state["at_least"]))
    return _("%(state)s since %(since)s", state=words, since=day)


def _carried(asked: MultiDict[str, str]) -> Args:
    """The worklist that the form was opened from, as parameters; empty where it was not."""
    if not asked.get("then"):
        return []
    then = params.choice("then", asked["then"], ("review",))
    return [("then", then), *read_question(asked).args]


def _list_url(carried: Args) -> str:
    """Address of the worklist that a form was opened from; empty where it was not."""
    query = urlencode(carried[1:])
    return f"/vacancy/review{'?' if query else ''}{query}" if carried else ""


def _skip_url(code: str, asked: MultiDict[str, str]) -> str:
    """Address of the form of the next ones on the worklist; empty where there are none."""
    carried = _carried(asked)
    after = following(read_question(asked), code) if carried else None
    return f"/vacancy/premises/{quote(after)}/observe?{urlencode(carried)}" if after else ""


def _recorded_address(code: str) -> str:
    """Where one goes after recording.

    What comes next on the worklist is looked up before: premises that were seen leave it.
    """
    carried = _carried(request.form)
    if carried:
        after = following(read_question(request.form), code)
        carried += [("next", after)] if after else []
    query = f"?{urlencode(carried)}" if carried else ""
    return f"/vacancy/premises/{quote(code)}{query}"
