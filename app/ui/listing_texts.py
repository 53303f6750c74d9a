"""The labels of the Listings tab: English, Chinese."""

LISTING_TEXTS: dict[str, tuple[str, str]] = {
    "listing_photos": ("Photos of one product (1–8)", "一件商品的照片（1–8 张）"),
    "listing_notes": ("Notes", "备注"),
    "listing_notes_hint": (
        "What you know: Material: cotton · Size: M · price: 12.50 · currency: EUR … or sentences of your own",
        "已知信息，例如 Material: cotton · Size: M · price: 12.50 · currency: EUR，也可以写成句子",
    ),
    "listing_brand": ("Brand", "品牌"),
    "listing_sku": ("Your number (SKU)", "货号（SKU）"),
    "listing_language": ("Language of the listing", "文案语言"),
    "listing_tone": ("Tone", "语气"),
    "listing_look": ("Look at the photos", "查看照片"),
    "listing_facts": (
        "Facts and their evidence: edit a value, empty it, or add a line",
        "事实与依据：可修改、清空或添加一行",
    ),
    "listing_correct": ("Use the corrected facts", "使用修改后的事实"),
    "listing_channel": ("Preview for", "预览渠道"),
    "listing_title": ("Title", "标题"),
    "listing_bullets": ("Bullets, one a line", "要点，每行一条"),
    "listing_description": ("Description", "描述"),
    "listing_repair": ("Repair: take away what is forbidden", "修复：去掉不允许的内容"),
    "listing_findings": ("Findings", "检查结果"),
    "listing_others": ("Other fields, and who wrote the texts", "其他字段，以及文案的来源"),
    "listing_export": ("Export", "导出"),
    "listing_write": ("Write the files", "生成文件"),
    "listing_files": ("Files to import", "可导入的文件"),
}
