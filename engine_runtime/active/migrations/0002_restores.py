from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("active", "0001_initial"),)

    operations = (
        migrations.AddField(
            model_name="appliedcatalog",
            name="restores",
            field=models.IntegerField(null=True),
        ),
    )
