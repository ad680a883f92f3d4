"""
An address wherever it stands in the database, in any column of any table: in free text, in
revisions, in logs, in what tasks were given and in what search made of it.
"""

import html
import json
import re
from dataclasses import dataclass
from urllib.parse import quote

from django.apps import apps
from django.db import DataError, IntegrityError, connection, transaction
from psycopg import sql
from wagtail.models import Page

from publications.models import LibraryDocument, PublicationPage
from publications.search_table import findable_models, index_pages

ERASED = "[gewist]"
KINDS_OF_TEXT = ("text", "character varying", "character", "json", "jsonb", "bytea", "tsvector")


@dataclass(frozen=True)
class Column:
    """One column that may hold text. `kind` is its type as PostgreSQL writes it, without length."""

    table: str
    name: str
    kind: str
    length: int | None

    @property
    def identifiers(self) -> dict:
        return {"table": sql.Identifier(self.table), "column": sql.Identifier(self.name)}

    @property
    def as_text(self) -> sql.Composable:
        # Each byte as one character, so that any bytes can be looked through.
        form = "encode({column}, 'escape')" if self.kind == "bytea" else "{column}::text"
        return sql.SQL(form).format(**self.identifiers)


def columns() -> list[Column]:
    """Return every column of every table that can hold text, as the database knows them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name,"
            " CASE WHEN c.data_type = 'ARRAY' THEN 'array' ELSE c.data_type END,"
            " c.character_maximum_length"
            " FROM information_schema.columns c JOIN information_schema.tables t"
            " USING (table_schema, table_name)"
            " WHERE t.table_schema = current_schema() AND t.table_type = 'BASE TABLE'"
            " AND c.is_generated = 'NEVER'"
            " AND (c.data_type = ANY(%s)"
            " OR c.data_type = 'ARRAY' AND c.udt_name IN ('_text', '_varchar'))"
            " ORDER BY 1, 2",
            [list(KINDS_OF_TEXT)],
        )
        return [Column(*row) for row in cursor.fetchall()]


def spellings(email: str) -> list[str]:
    """Return how an address may be written: as it is, in HTML, in JSON, or in a link."""
    plain = email.strip().lower()
    found = {plain, html.escape(plain), quote(plain), quote(plain, safe="")}
    found |= {json.dumps(spelled)[1:-1] for spelled in list(found)}
    found |= {json.dumps(spelled)[1:-1] for spelled in list(found)}
    return sorted(found, key=len, reverse=True)


def pattern(email: str) -> re.Pattern:
    """Return what finds this address and not a longer one that ends or begins with it."""
    spelled = "|".join(map(re.escape, spellings(email)))
    # A letter before it may belong to an escape: \n, \u003c, %3A.
    begins = r"(?:(?<![\w.+%-])|(?<=\\[nrtbf])|(?<=\\u[0-9a-f]{4})|(?<=%[0-9a-f]{2}))"
    return re.compile(f"{begins}(?:{spelled})(?![\\w-]|\\.\\w)", re.IGNORECASE)


def rows_with(column: Column, email: str) -> list[tuple[str, str]]:
    """Return (ctid, text) of the rows in which a column holds the address."""
    likes = [f"%{_literal(spelled)}%" for spelled in spellings(email)]
    query = sql.SQL("SELECT ctid::text, {text} FROM {table} WHERE {text} ILIKE ANY(%s)").format(
        text=column.as_text, **column.identifiers
    )
    looks_for = pattern(email)
    with connection.cursor() as cursor:
        cursor.execute(query, [likes])
        return [row for row in cursor.fetchall() if looks_for.search(row[1])]


def _literal(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


def traces_of(email: str) -> dict[str, list[str]]:
    """Return where the address stands: {"table.column": [the text around it, …]}."""
    looks_for, found = pattern(email), {}
    for column in columns():
        if column.kind == "tsvector":  # made from what stands elsewhere
            continue
        for _, text in rows_with(column, email):
            match = looks_for.search(text)
            around = text[max(0, match.start() - 80) : match.end() + 80]
            found.setdefault(f"{column.table}.{column.name}", []).append(around)
    return found


def documents_with(email: str) -> list[LibraryDocument]:
    """Return the documents in whose text the address stands; of the file itself it stays part."""
    looks_for = pattern(email)
    likely = LibraryDocument.objects.filter(page_texts__icontains=email.strip())
    return [d for d in likely if any(looks_for.search(text) for text in d.page_texts)]


@transaction.atomic
def erase_traces(email: str) -> dict[str, int]:
    """
    Put ERASED where the address stands, in every column. Return {"table.column": rows}.

    Pages of which a text changed are made findable anew.
    """
    counts, pages = {}, set()
    for column in columns():
        rows = rows_with(column, email)
        if not rows:
            continue
        counts[f"{column.table}.{column.name}"] = len(rows)
        pages |= _pages_of(column.table, [ctid for ctid, _ in rows])
        for ctid, text in rows:
            _rewrite(column, ctid, text, email)
    _make_findable(pages)
    return counts


def _rewrite(column: Column, ctid: str, text: str, email: str) -> None:
    if column.kind == "tsvector":
        likes = [f"%{_literal(spelled)}%" for spelled in spellings(email)]
        change = sql.SQL(
            "UPDATE {table} SET {column} = ts_delete({column}, ARRAY(SELECT lexeme"
            " FROM unnest({column}) WHERE lexeme ILIKE ANY(%s))) WHERE ctid = %s::tid"
        )
        with connection.cursor() as cursor:
            cursor.execute(change.format(**column.identifiers), [likes, ctid])
        return
    forms = {"bytea": "decode(%s, 'escape')", "json": "%s::json", "jsonb": "%s::jsonb"}
    value = forms.get(column.kind, "%s::text[]" if column.kind == "array" else "%s")
    change = sql.SQL("UPDATE {table} SET {column} = {value} WHERE ctid = %s::tid")
    change = change.format(value=sql.SQL(value), **column.identifiers)
    # A second try, for a column in which no text may stand twice.
    for marker in (ERASED, f"[gewist {ctid.strip('()')}]"):
        new = pattern(email).sub(lambda _, marker=marker: marker, text)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(change, [new[: column.length], ctid])
            return
        except (IntegrityError, DataError) as error:
            failure = error
    raise failure


def _pages_of(table: str, ctids: list[str]) -> set[int]:
    """Return the pages that these rows are, or belong to."""
    models = [m for m in apps.get_models(include_auto_created=True) if m._meta.db_table == table]
    pages = set()
    for model in models:
        keys = [model._meta.pk.column]
        if not issubclass(model, Page):
            keys = [
                field.column
                for field in model._meta.concrete_fields
                if field.related_model and issubclass(field.related_model, Page)
            ]
        for key in keys:
            pages |= _values(table, key, ctids)
        if model is LibraryDocument:
            documents = _values(table, model._meta.pk.column, ctids)
            showing = PublicationPage.objects.filter(document__in=documents)
            pages |= set(showing.values_list("pk", flat=True))
    return pages - {None}


def _values(table: str, key: str, ctids: list[str]) -> set:
    query = sql.SQL("SELECT {key} FROM {table} WHERE ctid::text = ANY(%s)").format(
        key=sql.Identifier(key), table=sql.Identifier(table)
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [ctids])
        return {row[0] for row in cursor.fetchall()}


def _make_findable(pages: set[int]) -> None:
    for model in findable_models():
        index_pages(model, model.objects.filter(pk__in=pages).values_list("pk", flat=True))
