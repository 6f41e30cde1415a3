"""Stories that good programs carry are played; a story that goes another way is told line by line."""

from __future__ import annotations

from datetime import date

import pytest

from engine.testing.life import Life
from engine.testing.run import run_tests
from engine.testing.stage import Moment, Refused
from tests.language.programs import catalog_of, good


@pytest.mark.parametrize(
    ("program", "stories"),
    [
        ("named", ["Bill: of_three", "Bill: too_much"]),
        (
            "receipts",
            [
                "Batches are made where goods come in",
                "A batch that says nothing of its item fits none",
                "What a condition locks stays as it is",
            ],
        ),
        ("amending", ["What is submitted changes with the difference in the books"]),
        (
            "rederive",
            [
                "A changed price reaches an old sale by rederive alone",
                "Goods that left stay at what they cost, whatever moved since",
                "What others settled is not taken below nothing",
                "Closed days, checks of today and rights stand in the way",
                "What the books said then decides",
                "What stands on another day stays there",
                "What other transitions posted stands as it was",
            ],
        ),
        ("ledger_limits", ["A person goes beyond a ceiling knowingly"]),
        ("trees", ["A node counts what stands below it"]),
        ("closing", ["Orders close and open by themselves"]),
        ("stories", ["Notes in two companies"]),
        (
            "expiry",
            [
                "What is left lapses the day after",
                "Points that lapsed buy nothing before they are taken out",
                "A lot that comes in late goes at the next run",
                "A closed day moves what goes",
                "What is changed after it went is put right",
                "What was spent of a bill that is gone is asked for once",
                "Two bills of one day are one lot, and each loses its own",
                "No account, and nothing goes",
                "What is reserved is free again after two weeks",
            ],
        ),
    ],
)
def test_the_stories_of_a_good_program_go_as_told(program: str, stories: list[str]) -> None:
    played = list(run_tests(catalog_of(good(program))))
    assert [one.test.name for one in played] == stories
    assert [failure.message for one in played for failure in one.failures] == []


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ("total: 31", "total is 30.00, and should be 31"),
        ("items: [{share: 10}]", "items has 3 row(s), and should have 1"),
        (
            "items: [{share: 10}, {share: 10}, {share: 10}]",
            "items[0].share is 9.99, and should be 10",
        ),
        ("discount: null", "discount is 0.01, and should be empty"),
        ("refused: check.less", "should be refused (check.less), and is not"),
    ],
)
def test_what_differs_is_said(then: str, said: str) -> None:
    text = good("named").replace("{total: 30, rounding: 0.01,", "{" + then + "} }\n#")
    head, _, _ = text.partition("  too_much:")
    (played,) = run_tests(catalog_of(head))
    assert [failure.message for failure in played.failures] == [said]


LEDGER = """
ledger: Book
dimensions: {who: {type: text}}
measures: {amount: {type: money, in: company}, pieces: {type: integer}}
---
doctype: Company
company: none
fields: {code: {type: text}}
---
doctype: Note
company: required
submittable: true
date: on_date
fields: {on_date: {type: date, default: =today}, who: {type: text}, amount: {type: money, in: company}}
posts: {noted: {ledger: Book, set: {who: who, amount: amount, pieces: 1}}}
---
test: Notes
records: {Company: {main: {code: MAIN}}}
steps:
  one: {make: Note, given: {who: Asha, amount: 10}, do: submit, then: {Book: THEN}}
  two: {go: cancel, of: one, then: {Book: [[Asha, -10, -1]], balances: {Book: []}, state: cancelled}}
"""


@pytest.mark.parametrize("then", ["[[Asha, 10, 1]]", "[{who: Asha, amount: 10, pieces: 1}]"])
def test_lines_of_ledgers_are_compared_whole(then: str) -> None:
    (played,) = run_tests(catalog_of(LEDGER.replace("THEN", then)))
    assert [str(failure) for failure in played.failures] == []


@pytest.mark.parametrize(
    "then",
    [
        "[[Asha, 11, 1]]",
        "[[Asha, 10]]",  # a measure that is not named must be nothing
        "[{who: Ravi, amount: 10, pieces: 1}]",
        "[[Asha, 10, 1], [Asha, 10, 1]]",
        "[]",
        "balances",
    ],
)
def test_another_line_is_a_failure(then: str) -> None:
    (played,) = run_tests(catalog_of(LEDGER.replace("THEN", then)))
    assert [failure.step for failure in played.failures] == ["one"]


def test_a_refused_step_leaves_nothing_behind() -> None:
    text = LEDGER.replace("THEN", "[[Asha, 10, 1]]").replace(
        "  two:",
        "  bad: {make: Note, given: {who: Asha, amount: x}, do: submit, then: {refused: value.type, at: amount}}\n"
        "  look: {expect: one, then: {balances: {Book: [[Asha, 10, 1]]}}}\n  two:",
    )
    (played,) = run_tests(catalog_of(text))
    assert [str(failure) for failure in played.failures] == []


ASKING = """
doctype: Company
company: none
fields: {code: {type: text}}
---
doctype: Note
submittable: true
fields:
  who:    {type: text, after_submit: true}
  amount: {type: integer, default: 1}
  twice:  {type: integer, formula: amount * 2}
actions:
  change: {when: "stage == 'draft'", ask: {amount: {type: integer}}, answer: {twice: =twice}}
  tell:   {ask: {who: {type: text}}, answer: {who: =who}}
---
test: Notes
records: {Company: {main: {code: MAIN}}}
steps:
  one:   {make: Note, given: {who: Asha}}
  two:   {action: change, of: one, ask: {amount: 4}, then: {amount: 4, twice: 8, answer: {twice: 8}}}
  three: {go: submit, of: one}
  four:  {action: tell, of: one, ask: {who: Bina}, then: {who: Bina, twice: 8, answer: {who: Bina}}}
  five:  {go: cancel, of: one}
  six:   {action: tell, of: one, ask: {who: Chand}, then: {refused: document.state}}
"""


def test_what_an_action_asks_by_the_name_of_a_field_is_written() -> None:
    (played,) = run_tests(catalog_of(ASKING))
    assert [failure.message for failure in played.failures] == []


AWAY = """
doctype: Company
company: none
fields: {code: {type: text}}
---
role: Head
---
role: Clerk
---
doctype: Note
submittable: true
fields: {who: {type: text}}
allow:
  Head:  {can: [read, write, create]}
  Clerk: {can: [read, write, create]}
---
workflow: Note Granting
for: Note
states: {asked: {}, granted: {stage: submitted}}
transitions:
  grant: {from: asked, to: granted, needs: {head: {role: Head}}, stand_in: true}
---
test: Notes
records: {Company: {main: {code: MAIN}}}
steps:
  one:   {make: Note, given: {who: Asha}, by: meera, roles: [Head]}
  two:   {go: grant, of: one, by: dev, roles: [Clerk], then: {refused: move.consent}}
  three:
    {go: grant, of: one, by: dev, roles: [Clerk], stands_in_for: [meera],
     then: {state: granted, consents: [{need: head, person: meera, by: dev}]}}
"""


def test_a_stand_in_consents_in_the_place_of_somebody_with_the_role() -> None:
    (played,) = run_tests(catalog_of(AWAY))
    assert [failure.message for failure in played.failures] == []


# --- scenes ----------------------------------------------------------------------------------


def _story(name: str, steps: str, begins: str = "Office") -> str:
    return f"\n---\ntest: {name}\nwith: {begins}\nsteps:\n{steps}\n"


def test_a_story_that_expects_nothing_is_played_and_counts() -> None:
    text = good("stories") + _story("Quiet", "  one: {make: Note}\n  two: {go: cancel, of: one}")
    played = {one.test.name: one for one in run_tests(catalog_of(text))}
    assert list(played) == ["Notes in two companies", "Quiet"]
    (failure,) = played["Quiet"].failures
    assert failure.step == "two"
    assert "is refused: document: Note is Draft; Cancel leads out of submitted." in str(failure)


def test_a_test_of_a_doctype_that_expects_nothing_is_played() -> None:
    text = good("named").replace("tests:\n", "tests:\n  quiet: {given: {discount: 1}}\n")
    played = {one.test.name: one for one in run_tests(catalog_of(text))}
    (failure,) = played["Bill: quiet"].failures
    assert failure.message.endswith("-1.00 is less than nothing of 0.00.")


def test_a_scene_is_what_others_begin_with_and_expects_nothing() -> None:
    begun = _story("Quiet", "  one: {make: Note}")
    then = _story("Loud", "  two: {expect: one, then: {state: draft}}", "Quiet")
    catalog = catalog_of(good("stories") + begun + then)
    assert [name for name, test in catalog.tests.items() if test.is_scene] == ["Office", "Quiet"]
    assert [one.test.name for one in run_tests(catalog)] == ["Notes in two companies", "Loud"]


def test_what_others_begin_with_is_played_where_it_expects_something() -> None:
    begun = _story("Loud", "  one: {make: Note, then: {state: draft}}")
    then = _story("Quiet", "  two: {go: submit, of: one}", "Loud")
    catalog = catalog_of(good("stories") + begun + then)
    assert not catalog.tests["Loud"].is_scene
    assert not catalog.tests["Quiet"].is_scene


# --- paths that lead nowhere -------------------------------------------------------------------

ONE = "  one: {make: Note, given: {who: Asha, parts: [{text: a}, {text: b}]}}\n"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("one.parts.3", "there is no 'one.parts.3'; 'one.parts' has the rows 1, 2"),
        ("one.parts.0", "there is no 'one.parts.0'; 'one.parts' has the rows 1, 2"),
        ("one.parts.x", "there is no 'one.parts.x'; 'one.parts' has the rows 1, 2"),
        ("one.parts", "there is no 'one.parts'; 'one.parts' has the rows 1, 2"),
        ("one.foo.1", "there is no 'one.foo.1'; 'one' has the table parts"),
        ("one.who", "there is no 'one.who'; 'one' has the table parts"),
        ("one.1", "there is no 'one.1'; 'one' has the table parts"),
        ("one.parts.1.on.1", "there is no 'one.parts.1.on.1'; 'one.parts.1' has no table"),
        ("jotter.title", "there is no 'jotter.title'; 'jotter' has no table"),
    ],
)
@pytest.mark.parametrize(
    "step",
    [
        "{make: Note, given: {parts: [{of: PATH}]}}",
        "{change: one, given: {parts: [{of: PATH}]}}",
        "{action: remind, of: one, ask: {why: PATH}}",
        "{go: submit, of: one, pass: {small: {reason: PATH}}}",
        "{make: Jotter, given: {of: one}, then: {of: PATH}}",
    ],
)
def test_a_path_that_leads_nowhere_is_told_with_what_there_is(
    step: str, path: str, said: str
) -> None:
    limit = "\n---\nlimit: Small\nat: {Note: [submit]}\ngiven: {amount: money}\nmeasure: amount\nmax: 1000\n"
    text = good("stories") + limit + _story("Astray", ONE + "  two: " + step.replace("PATH", path))
    (played,) = run_tests(catalog_of(text), "Astray")
    (failure,) = played.failures
    assert failure.step == "two"
    assert failure.message.endswith(said)


def test_a_refusal_for_a_path_has_a_code() -> None:
    steps = (
        ONE
        + "  two: {make: Note, given: {parts: [{of: one.parts.3}]}, then: {refused: story.unknown}}"
    )
    (played,) = run_tests(catalog_of(good("stories") + _story("Astray", steps)), "Astray")
    assert [str(failure) for failure in played.failures] == []


def test_a_record_may_go_astray_as_well() -> None:
    text = good("stories").replace("title: First", "title: First, of: main.notes.1")
    (played,) = run_tests(catalog_of(text), "Notes")
    (failure,) = played.failures
    assert failure.message == (
        "the Jotter 'jotter' is refused: document: there is no 'main.notes.1'; 'main' has no table"
    )


def test_an_answer_that_begins_with_a_name_is_no_path() -> None:
    asks = "remind: {ask: {why: {type: text}}, answer: {why: =asked.why}, do"
    late = "  two: {action: remind, of: one, ask: {why: WHY}, then: {answer: {why: WHY}}}"
    text = good("stories").replace("remind: {do", asks)
    text += _story("Late", ONE + late.replace("WHY", "one. It is late"))
    (played,) = run_tests(catalog_of(text), "Late")
    assert [str(failure) for failure in played.failures] == []


def test_what_a_refused_step_would_have_made_is_not_there() -> None:
    steps = (
        "  other: {make: Company, roles: [Clerk], given: {code: OTHER}, then: {refused: access.forbidden}}\n"
        "  there: {make: Note, company: other}"
    )
    (played,) = run_tests(catalog_of(good("stories") + _story("Nowhere", steps)), "Nowhere")
    (failure,) = played.failures
    assert "is refused: document: there is no 'other'" in failure.message


def test_a_step_may_make_the_company_that_the_next_is_in() -> None:
    steps = (
        "  other: {make: Company, given: {code: OTHER}}\n"
        "  there: {make: Note, company: other, then: {stage: draft}}"
    )
    (played,) = run_tests(catalog_of(good("stories") + _story("There", steps)), "There")
    assert [str(failure) for failure in played.failures] == []


HUT = """
doctype: Company
company: none
fields: {code: {type: text}}
---
ledger: Hut
dimensions: {what: {type: text, required: true}}
measures: {pieces: {type: integer}, value: {type: money, in: company}}
valuation: {of: value, per: pieces, by: [what], method: "'average'"}
---
ledger: Fees
dimensions: {what: {type: text, required: true}}
measures: {fee: {type: money, in: company}}
---
doctype: Taking
submittable: true
date: day
fields:
  day:    {type: date, required: true, default: =today}
  what:   {type: text, required: true}
  pieces: {type: integer}
  charge: {type: money, in: company, label: Charge per piece}
posts:
  out: {ledger: Hut, set: {what: what, pieces: -pieces}}
  fee: {ledger: Fees, when: pieces < 100, set: {what: what, fee: pieces * charge}}
---
test: Taking
records: {Company: {main: {code: MAIN}}}
steps:
  one: {make: Taking, given: GIVEN, do: submit, then: {stage: submitted}}
"""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            "{what: hay, pieces: -3, charge: 1}",
            "What hay: pieces 3 would come in, and nothing says what it is worth",
        ),
        ("{what: hay, pieces: 0}", "Fee of Fees cannot be worked out"),
    ],
)
def test_what_cannot_be_posted_is_told_to_the_clerk(given: str, said: str) -> None:
    (played,) = run_tests(catalog_of(HUT.replace("GIVEN", given)))
    (failure,) = played.failures
    assert said in failure.message
    assert "posting '" not in failure.message


def test_what_is_empty_is_named_by_its_label() -> None:
    catalog = catalog_of(HUT.replace("GIVEN", "{what: hay}"))
    stage = Life(catalog, Moment(date(2026, 4, 10), "tester", None, None))
    stage.create("Company", {"code": "MAIN"}, None)
    with pytest.raises(Refused) as refused:
        stage.create("Taking", {"what": "hay", "pieces": 0}, "submit")
    (found,) = refused.value.findings
    assert (found.message, found.hint) == (
        "Fee of Fees cannot be worked out.",
        "Fill in Charge per piece.",
    )
