"""What a program decides as it runs is said, and the first of its values taken."""

from __future__ import annotations

from dbdesign.readers.mongoose import read

SOURCE = """
const mongoose = require('mongoose');
const test = process.env.NODE_ENV === 'test';
const schema = new mongoose.Schema({ flag: test ? String : Number, many: [test ? String : Number], sure: true ? String : Number });
module.exports = mongoose.model('Note', schema);
"""


def test_a_type_that_is_decided_as_the_program_runs_is_said() -> None:
    found = read({"note.js": SOURCE})
    assert [(one.line, one.reason) for one in found.unread] == [
        (4, "what flag is, is decided as the program runs; the first of the values is taken"),
        (4, "what many is, is decided as the program runs; the first of the values is taken"),
    ]
    assert found.documents is not None
    (notes,) = found.documents.collections
    assert [(one.name, one.type) for one in notes.fields if one.name in {"flag", "sure"}] == [
        ("flag", "string"),
        ("sure", "string"),
    ]
