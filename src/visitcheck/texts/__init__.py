"""What people read, in English and Chinese: one catalogue whose keys are codes.

`problems.yaml` holds the Chinese of problems by their code, `commands.yaml` that of commands and options, `lines.yaml`
both languages of the lines that commands print. A test holds the catalogue complete.
"""

from visitcheck.texts.catalogue import LANGUAGES, Language, command_text, option_text, say
from visitcheck.texts.problems import chinese_sentence, render_problem, translate, translate_problem

__all__ = [
    "LANGUAGES",
    "Language",
    "chinese_sentence",
    "command_text",
    "option_text",
    "render_problem",
    "say",
    "translate",
    "translate_problem",
]
