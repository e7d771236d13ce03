import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("vouchers", "0006_upload_told"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="vouchercode",
            name="vouchers_code_of_batch",
        ),
        migrations.AddIndex(
            model_name="vouchercode",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["batch"], name="vouchers_code_batch_place"
            ),
        ),
    ]
