from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("vouchers", "0005_fast_imports"),
    ]

    operations = [
        migrations.AddField(
            model_name="uploadbatch",
            name="failure_count",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="uploadbatch",
            name="told_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
