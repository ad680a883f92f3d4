import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    """
    The text of a page for phrases, and words that writers need not wait for.

    What search knows is made anew from the pages: the rows go, and after migrating
    `publications.receivers.fill_gaps_in_search_table` fills the table.
    """

    dependencies = [
        ("publications", "0002_search_table"),
    ]

    operations = [
        migrations.RunSQL("TRUNCATE publications_searchrow", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="searchrow",
            name="pairs",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SmallIntegerField(), db_default=[], size=None
            ),
        ),
        migrations.AddIndex(
            model_name="searchrow",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False, fields=["pairs"], name="searchrow_pairs"
            ),
        ),
        migrations.AddField(
            model_name="searchrow",
            name="text",
            field=models.TextField(db_default=""),
        ),
        # Outside the row, like the vectors, and not compressed: it is read to look something up.
        migrations.RunSQL(
            "ALTER TABLE publications_searchrow ALTER COLUMN pairs SET STORAGE EXTERNAL,"
            " ALTER COLUMN text SET STORAGE EXTERNAL",
            migrations.RunSQL.noop,
        ),
        migrations.DeleteModel(name="SearchWord"),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("word", models.CharField(db_index=True, max_length=80)),
            ],
            options={"verbose_name": "woord van de bibliotheek"},
        ),
    ]
