import pytest
from django.template.loader import render_to_string
from tests.kit import browser as kit
from vouchers.messages import Block
def test_mails(page, db):
    long="WINTER-"+"7H2KQ4XR"*7+"A"
    shared=dict(provider_name="Coffee Club", contact_email="hello@coffee-club.example", link="https://largesse.example/v/reveal/"+"x"*43, site_url="https://largesse.example", vouchers_link="https://largesse.example/my/vouchers/"+"y"*43)
    ctx={
     "voucher": dict(subject="Your voucher from Blue Wave Cinemas", blocks=[Block("text","Hello Ana,\nhere is your voucher."),Block("code",long),Block("text","Two for one at the cinema: one free ticket.\nhttps://bluewave.example/redeem\nIt is good until 31 March 2027.")]),
     "claim": dict(recipient_name="Ana",campaign="Thank you for your loyalty",description="You have been with us for a while.\nPick up something."),
     "waiting": dict(recipient_name="Ana",campaign="Thank you"), "sorry": dict(recipient_name="Ana",campaign="Thank you"),
     "upload": dict(business="Coffee Club",list_name="Two for one",list_id="VL-7Q3KD9XM2A",file_name="a-file-with-a-long-name-2026-11-23.csv",is_failed=False,sentence="990 of 1,000 codes were added. 12 of them went at once to people who were waiting.",rejected=10,warnings=2,is_uploader=True),
     "partner_link": dict(partner="Puma",recipient_name="Paula"),
     "top_up_request": dict(partner="Puma",list_name="Two for one",list_id="VL-1",list_tag="two",wanted=900,days=30,note="",asked_by=""),
     "webhook_off": dict(url="https://hooks.example.com/"+"a"*60,reason="Three messages in a row were given up.",business="Coffee Club"),
     "alert": dict(title="Few codes remain",subject="Two for one",partner="Puma",list_id="VL-1",sentence="Only 10 codes are left.",note="",is_of_stock=True,business="Coffee Club"),
    }
    for name,c in ctx.items():
        html=render_to_string(f"emails/vouchers/{name}.html",{**shared,**c}); txt=render_to_string(f"emails/vouchers/{name}.txt",{**shared,**c})
        print("=====",name); print(txt)
        for w,look in ((700,"light"),(390,"dark")):
            page.set_viewport_size({"width":w,"height":600}); page.emulate_media(color_scheme=look); page.set_content(html); 
            page.screenshot(path=f"/tmp/largesse/ub_pics/mail-{name}-{w}-{look}.png",full_page=True)
            assert kit.no_overflow(page), (name,w)
