import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_grams"),
        ("directory", "0002_track_contacts_and_resume_imports"),
        ("incentives", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="offer",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func(
                    models.F("business_id"), models.F("search_text"), function="core_grams"
                ),
                name="incentives_offer_search",
            ),
        ),
    ]
