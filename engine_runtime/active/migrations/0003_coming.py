from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("active", "0002_restores"),)

    operations = (
        migrations.CreateModel(
            name="ComingCatalog",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("sources", models.JSONField()),
                ("since", models.DateTimeField()),
            ],
        ),
    )
