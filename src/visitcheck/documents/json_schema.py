"""JSON Schema of a file format, made from the shapes that its reader holds files to."""

from __future__ import annotations

from dataclasses import dataclass, field

from visitcheck.documents.validation import (
    AnyShape,
    ChoiceShape,
    DeferredShape,
    EitherShape,
    Key,
    ListShape,
    MapShape,
    OneOrManyShape,
    PatternShape,
    RecordShape,
    Shape,
    TextShape,
)

Schema = dict[str, object]


@dataclass(frozen=True, slots=True)
class SchemaStyle:
    """What the schemas of two formats say differently of the same shape.

    Editors read plain scalars by YAML's rules, so a text such as an article `22` may reach them as a number: a format
    either lets texts be numbers and truths (`texts_are_quoted` is False), or asks its writers for quotes, and then a
    schema can ask for at least one character. `all_limits` writes limits out that limit nothing, such as
    `minItems: 0`.
    """

    texts_are_quoted: bool
    all_limits: bool


LENIENT = SchemaStyle(texts_are_quoted=False, all_limits=True)
QUOTED = SchemaStyle(texts_are_quoted=True, all_limits=False)


def schema_of(shape: RecordShape, title: str, style: SchemaStyle) -> Schema:
    """The schema (draft 2020-12) of files that have a shape."""
    writer = _Writer(style)
    body = writer.write(shape)
    definitions: Schema = {"$defs": writer.definitions} if writer.definitions else {}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **body, **definitions}


@dataclass
class _Writer:
    style: SchemaStyle
    definitions: dict[str, object] = field(default_factory=dict)

    def write(self, shape: Shape) -> Schema:
        match shape:
            case TextShape() | PatternShape() | ChoiceShape() | EitherShape():
                return self._write_text(shape)
            case AnyShape():
                return {}
            case DeferredShape(inner):
                return self.write(inner)
            case OneOrManyShape(item):
                return {"anyOf": [self.write(item), self.write(ListShape(item, minimum=1))]}
            case ListShape(item, minimum):
                return {"type": "array", **self._unless_any("items", item), **self._limit("minItems", minimum)}
            case MapShape(name, value, minimum):
                return {
                    "type": "object",
                    **self._names(name),
                    **self._unless_any("additionalProperties", value),
                    **self._limit("minProperties", minimum),
                }
            case RecordShape():
                return self._write_record_or_reference(shape)

    def _write_text(self, shape: TextShape | PatternShape | ChoiceShape | EitherShape) -> Schema:
        text: Schema = {"type": "string" if self.style.texts_are_quoted else ["string", "number", "boolean"]}
        match shape:
            case TextShape(may_be_empty=may_be_empty):
                return text | ({"minLength": 1} if self.style.texts_are_quoted and not may_be_empty else {})
            case PatternShape(example=example):
                return text | self._pattern(shape) | ({} if self.style.texts_are_quoted else {"examples": [example]})
            case ChoiceShape(words) if set(words) == {"true", "false"}:
                return {"type": "boolean"}
            case ChoiceShape(words):
                return {"enum": list(words)}
            case EitherShape(shapes):
                return {"anyOf": [self._pattern(each) if isinstance(each, PatternShape) else self.write(each)
                                  for each in shapes]}  # fmt: skip

    def _write_record_or_reference(self, shape: RecordShape) -> Schema:
        if shape.definition is None:
            return self._write_record(shape)
        if shape.definition not in self.definitions:
            self.definitions[shape.definition] = self._write_record(shape)
        return {"$ref": f"#/$defs/{shape.definition}"}

    def _write_record(self, shape: RecordShape) -> Schema:
        required = [name for name, key in shape.keys.items() if key.required]
        return {
            "type": "object",
            **({"description": shape.doc} if shape.doc else {}),
            "properties": {name: self._write_key(key) for name, key in shape.keys.items()},
            **({"required": required} if required or self.style.all_limits else {}),
            **({"anyOf": [{"required": [name]} for name in shape.one_of]} if shape.one_of else {}),
            "additionalProperties": False,
        }

    def _write_key(self, key: Key) -> Schema:
        return {"description": key.doc, **self.write(key.shape)}

    def _names(self, shape: TextShape | PatternShape) -> Schema:
        if isinstance(shape, TextShape):
            return {}
        return {"propertyNames": self.write(shape) if self.style.texts_are_quoted else self._pattern(shape)}

    def _pattern(self, shape: PatternShape) -> Schema:
        """The pattern with its ends: a schema's patterns match anywhere in a text."""
        pattern = shape.pattern if self.style.texts_are_quoted else f"(?:{shape.pattern})"
        return {"pattern": f"^{pattern}" if shape.open_end else f"^{pattern}$"}

    def _unless_any(self, keyword: str, shape: Shape) -> Schema:
        return {} if isinstance(shape, AnyShape) and not self.style.all_limits else {keyword: self.write(shape)}

    def _limit(self, keyword: str, minimum: int) -> Schema:
        return {keyword: minimum} if minimum or self.style.all_limits else {}
