from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_apianswer"),
    ]

    operations = [
        migrations.AddField(
            model_name="mail",
            name="is_bounced",
            field=models.BooleanField(default=False),
        ),
    ]
