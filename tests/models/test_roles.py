"""The role table, written out: a change of what a role may do is a change of this page."""

from __future__ import annotations

from models.person import GRANTS, Permission, Role

TABLE = """
permission         rep  manager  admin  customer
see_customers      yes  yes      yes    -
edit_customers     yes  yes      yes    -
log_visits         yes  yes      yes    -
see_visits         yes  yes      yes    -
file_complaints    yes  yes      yes    -
report_problems    -    -        -      yes
see_complaints     yes  yes      yes    -
handle_complaints  yes  yes      yes    -
answer_surveys     -    -        -      yes
see_summary        yes  yes      yes    -
export_tables      yes  yes      yes    -
import_tables      -    yes      yes    -
invite             yes  yes      yes    -
invite_staff       -    yes      yes    -
manage_people      -    yes      yes    -
talk               yes  yes      yes    yes
"""


def test_each_role_may_do_what_the_table_says_and_nothing_else():
    assert printed() == TABLE.strip()


def test_every_role_and_every_permission_stands_in_the_table():
    assert set(GRANTS) == set(Role)
    assert {permission for held in GRANTS.values() for permission in held} == set(Permission)


def printed() -> str:
    """Return the role table as it is in the code."""
    heads = ["permission", *Role]
    rows = [[permission, *("yes" if permission in GRANTS[role] else "-" for role in Role)] for permission in Permission]
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    lines = ("  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)) for row in [heads, *rows])
    return "\n".join(line.rstrip() for line in lines)
