"""Every text of the interface in one table, English and Chinese; and errors of the service in their words.

What documents, models and rule packs say is theirs and stays as it is.
"""

import re
from typing import Any

from .listing_texts import LISTING_TEXTS

LANGUAGES = {"en": "English", "zh": "中文"}
TEXTS: dict[str, tuple[str, str]] = {
    "heading": (
        "Reads documents from their pixels and answers questions about them, on this computer.",
        "直接从像素读懂文档并回答问题，一切都在这台电脑上完成。",
    ),
    "language": ("Language", "语言"),
    "tab_documents": ("Documents", "文档"),
    "tab_ask": ("Ask", "提问"),
    "tab_extract": ("Extract", "提取"),
    "tab_read": ("Read", "转写"),
    "tab_batch": ("Batch", "批处理"),
    "tab_listings": ("Listings", "商品上架"),
    "tab_models": ("Models", "模型"),
    # The page
    "files": ("PDFs or images", "PDF 或图片"),
    "locked": ("The PDF has a password", "PDF 有密码"),
    "password_hint": ("then press Enter", "输入后按回车"),
    "previous": ("◀ Previous", "◀ 上一页"),
    "next": ("Next ▶", "下一页 ▶"),
    "position": ("Page {page} of {count} · {name}", "{name} · 第 {page} 页，共 {count} 页"),
    "page_label": ("Page", "页面"),
    "thumbnail": ("page {page} of {name}", "{name} 第 {page} 页"),
    "pages": ("Pages", "页"),
    "documents_to_try": ("Documents to try", "示例文档"),
    "forget": ("Close all and delete", "全部关闭并删除"),
    "nothing_open": (
        "No document is open: drop a PDF or an image first.",
        "还没有打开文档：请先拖入 PDF 或图片。",
    ),
    # Asking
    "scope": ("Look at", "查找范围"),
    "scope_all": ("all documents", "所有文档"),
    "scope_document": ("this document", "当前文档"),
    "scope_page": ("this page", "当前页"),
    "question": ("Question", "问题"),
    "question_hint": ("What is the total?", "What is the total?"),
    "ask": ("Ask", "提问"),
    "stop": ("Stop", "停止"),
    "questions_to_try": ("Questions to try", "示例问题"),
    "empty_talk": (
        "Drop a document, then ask. Each answer says where it stands: press that to see it on the page.",
        "先拖入文档，再提问。每个回答都标出出处：点击出处即可在页面上看到。",
    ),
    "reading_page": ("looking at page {page} of {name}", "正在看 {name} 第 {page} 页"),
    "waiting": ("waiting for the model", "正在等待模型"),
    "one_at_a_time": (
        "One question at a time: wait for the answer, or stop it.",
        "一次只能问一个问题：请等待回答，或先停止。",
    ),
    "starting": ("getting ready", "正在准备"),
    "pages_asked": ("{asked} of {count} pages asked", "已问 {asked}/{count} 页"),
    "pages_seen": ("looked at {seen} of {count} pages", "已浏览 {seen}/{count} 页"),
    "pages_left": (
        "{read} pages asked, {seen} others have less of it",
        "已问 {read} 页，其余 {seen} 页相关性较低",
    ),
    "not_found": ("Not in the document", "文档中没有"),
    "not_where_read": ("Not on the pages that could be read", "可读取的页面中没有"),
    "unreadable": ("No page could be read", "页面无法读取"),
    "confidence": ("confidence {percent}", "可信度 {percent}"),
    "place": ("page {page} · {name}", "{name} 第 {page} 页"),
    "whole_page": ("somewhere on the page", "在该页某处"),
    "also": ("Other pages say", "其他页面的说法"),
    "seconds": ("{seconds} s", "{seconds} 秒"),
    "copy": ("Copy", "复制"),
    "copied": ("Copied", "已复制"),
    "failed_page": ("page {page}: {reason}", "第 {page} 页：{reason}"),
    "failed_file": ("{name}: {reason}", "{name}：{reason}"),
    "stopped": ("Stopped.", "已停止。"),
    "history": ("Save the conversation", "保存对话"),
    "save_markdown": ("Markdown", "Markdown"),
    "save_json": ("JSON", "JSON"),
    "clear": ("Clear the conversation", "清空对话"),
    "nothing_to_save": ("There is nothing to save yet.", "还没有可保存的内容。"),
    "talk_title": ("Questions and answers", "问答记录"),
    # Reading
    "read": ("Read the shown page", "转写当前页"),
    "markdown": ("Markdown", "Markdown"),
    "reading": ("reading", "转写中"),
    "page_state": (
        "page {page} · confidence {percent} · {seconds} s",
        "第 {page} 页 · 可信度 {percent} · {seconds} 秒",
    ),
    "page_failed": ("page {page} · {status}: {reason}", "第 {page} 页 · {status}：{reason}"),
    # Extracting
    "schema": ("What to extract", "提取内容"),
    "schema_fields": ("fields that I name", "自定义字段"),
    "schema_own": ("a JSON Schema of my own", "自定义 JSON Schema"),
    "schema_invoice": ("invoice", "发票"),
    "schema_receipt": ("receipt", "收据"),
    "schema_purchase-order": ("purchase order", "采购订单"),
    "schema_contract": ("contract", "合同"),
    "schema_form": ("form", "表格"),
    "schema_id-card": ("ID card", "证件"),
    "schema_table": ("tables", "表格数据"),
    "fields": ("Fields, separated by commas", "字段，用逗号分隔"),
    "schema_text": ("JSON Schema: edit it, or paste your own", "JSON Schema：可修改，也可粘贴您自己的"),
    "extract": ("Extract", "提取"),
    "extract_scope_all": ("all pages", "所有页"),
    "field": ("Field", "字段"),
    "value": ("Value", "值"),
    "sure": ("Sure", "可信度"),
    "where": ("Page", "页"),
    "printed": ("printed: {text}", "原文：{text}"),
    "absent": ("not found", "未找到"),
    "check_ok": ("Checked, and they agree: {names}", "核对一致：{names}"),
    "check_bad": ("Check: {message}", "请核对：{message}"),
    "extract_done": ("{found} of {count} fields · {seconds} s", "找到 {found}/{count} 个字段 · {seconds} 秒"),
    "page_done": ("page {page} done", "第 {page} 页完成"),
    "extracting": ("extracting from page {page}", "正在提取第 {page} 页"),
    "record": ("The record as JSON", "JSON 记录"),
    "save_csv": ("CSV", "CSV"),
    "save_xlsx": ("XLSX", "XLSX"),
    "extract_empty": (
        "Choose what to extract, then press the button. Press a value to see where it is printed.",
        "选择要提取的内容，然后点击“提取”。点击某个值即可看到它在页面上的位置。",
    ),
    "bad_json": (
        "The schema is not JSON (line {line}: {problem}); mend it.",
        "Schema 不是合法的 JSON（第 {line} 行：{problem}），请修正。",
    ),
    "schema_not_object": (
        "The schema is not a JSON object; write one with type and properties.",
        "Schema 不是 JSON 对象，请写成含 type 和 properties 的对象。",
    ),
    "no_xlsx": (
        "Excel files need the package openpyxl: pip install openpyxl. CSV works without it.",
        "导出 Excel 需要 openpyxl：pip install openpyxl。CSV 不需要它。",
    ),
    # Batch
    "batch_intro": (
        "Many files at once. Results are kept while this page is open; a stopped batch goes on where it was.",
        "一次处理许多文件。页面打开期间保留结果；停止后可从原处继续。",
    ),
    "batch_files": ("Files or ZIP archives", "文件或 ZIP"),
    "batch_folder": ("Or a folder", "或者一个文件夹"),
    "batch_task": ("What to do with each page", "对每页做什么"),
    "task_ask": ("answer a question", "回答一个问题"),
    "task_extract": ("extract", "提取"),
    "task_read": ("read as Markdown", "转写为 Markdown"),
    "workers": ("Processes at work", "并行进程数"),
    "batch_start": ("Start", "开始"),
    "batch_stop": ("Stop", "停止"),
    "batch_resume": ("Resume", "继续"),
    "batch_again": ("Delete this batch", "删除这个批处理"),
    "batch_none": ("No batch yet: choose files, then start.", "还没有批处理：选择文件后开始。"),
    "batch_no_files": (
        "No file was given: choose PDFs, images, a ZIP archive or a folder.",
        "没有选择文件：请选择 PDF、图片、ZIP 或文件夹。",
    ),
    "batch_state_starting": ("loading the model", "正在载入模型"),
    "batch_state_running": ("at work", "进行中"),
    "batch_state_stopping": ("stopping", "正在停止"),
    "batch_state_stopped": ("stopped; it can be resumed", "已停止，可以继续"),
    "batch_state_done": ("done", "已完成"),
    "batch_state_failed": ("ended with an error", "出错结束"),
    "batch_progress": (
        "{done} of {about}{expected} pages · {files} files",
        "{about}{expected} 页中的 {done} 页 · {files} 个文件",
    ),
    "about": ("about ", "约 "),
    "batch_rate": ("{rate} pages a minute", "每分钟 {rate} 页"),
    "batch_left": ("{left} left", "剩余 {left}"),
    "batch_failed_pages": ("{count} to look at", "{count} 页需检查"),
    "batch_busy": (
        "Another batch is at work on this computer; wait until it has ended or was stopped.",
        "这台电脑正在运行另一个批处理，请等它结束或停止。",
    ),
    "batch_skipped": ("left out: {names}", "已略过：{names}"),
    "batch_and_more": ("{names} and {count} more", "{names} 等另外 {count} 个"),
    "results_shown": ("the first {shown} of {count} rows", "共 {count} 行，显示前 {shown} 行"),
    "col_file": ("File", "文件"),
    "col_page": ("Page", "页"),
    "col_status": ("Status", "状态"),
    "col_result": ("Result", "结果"),
    "batch_save": ("Save the results", "保存结果"),
    "batch_unsaved": (
        "The files are written when the batch has ended; until then the table shows what is done.",
        "结果文件在批处理结束后生成；此前请看表格。",
    ),
    "zip_broken": (
        "{name}: is not a usable ZIP archive; pack it again.",
        "{name}：不是可用的 ZIP，请重新打包。",
    ),
    "zip_locked": (
        "{name}: is encrypted; pack it without a password.",
        "{name}：已加密，请去掉密码后重新打包。",
    ),
    "zip_many": (
        "{name}: holds more than {limit} entries; split it.",
        "{name}：超过 {limit} 个条目，请拆分。",
    ),
    "zip_large": (
        "{name}: unpacks to more than {limit} MB; split it.",
        "{name}：解压后超过 {limit} MB，请拆分。",
    ),
    "upload_gone": ("{name}: is no longer here; choose it again.", "{name}：文件已不在这里，请重新选择。"),
    "too_many_files": ("More than {limit} files; split the batch.", "超过 {limit} 个文件，请分批处理。"),
    # Models
    "models_intro": (
        "What is installed here, what it needs, and what would fit. This computer: {machine}.",
        "本机已安装的模型、所需内存及合适的选择。本机：{machine}。",
    ),
    "need_kind": ("What is to be read", "要读什么"),
    "kind_text": ("documents: print in Latin script", "文档：拉丁字母印刷体"),
    "kind_visual": ("also photos, charts, handwriting, Chinese", "还有照片、图表、手写、中文"),
    "need_memory": ("Memory for the model, GB", "可给模型的内存（GB）"),
    "need_quality": ("What counts more", "更看重"),
    "quality_speed": ("speed and little memory", "速度快、省内存"),
    "quality_best": ("the best answers", "回答质量"),
    "need_control": ("Where pages may go", "页面可以发送到哪里"),
    "control_local": ("nowhere: this computer only", "不发送：仅限本机"),
    "control_own": ("to a server of our own", "可发送到自己的服务器"),
    "col_model": ("Model", "模型"),
    "col_state": ("Here", "状态"),
    "col_size": ("Parameters", "参数"),
    "col_memory": ("Memory", "内存"),
    "col_fit": ("Fits", "是否合适"),
    "installed": ("installed", "已安装"),
    "in_use": ("in use", "使用中"),
    "not_installed": ("not here", "未安装"),
    "elsewhere": ("on a server", "在服务器上"),
    "params": ("{total} M ({active} M at a time)", "{total} M（每次 {active} M）"),
    "gb": ("{gb} GB in {precision}", "{gb} GB（{precision}）"),
    "models_wait": ("Looking at this computer …", "正在检查本机……"),
    "fit_yes": ("yes", "合适"),
    "fit_memory": ("needs {need} GB, {have} GB are given", "需要 {need} GB，现有 {have} GB"),
    "fit_kind": ("does not read those", "读不了这些内容"),
    "fit_gpu": ("works, but slowly: this computer has no GPU for it", "可用但慢：本机没有合适的 GPU"),
    "fit_remote": ("pages leave this computer", "页面会离开本机"),
    "advice": ("Suggested: {name}", "建议：{name}"),
    "advice_why_fast": (
        "The smallest that reads this: quick on a processor, little memory.",
        "能胜任的最小模型：在 CPU 上也很快，占用内存少。",
    ),
    "advice_why_slow": (
        "The smallest that reads this; without a GPU it is slow.",
        "能读这些内容的最小模型；没有 GPU 会很慢。",
    ),
    "advice_fetch": ("It is downloaded when it is first used.", "首次使用时会自动下载。"),
    "advice_why_best": ("The largest that fits in {have} GB.", "{have} GB 内能放下的最大模型。"),
    "advice_remote": (
        "A model on your own server (vLLM, SGLang, octavo serve): nothing that fits here reads this.",
        "在自己的服务器上运行模型（vLLM、SGLang、octavo serve）：本机能放下的模型都读不了这些内容。",
    ),
    "advice_none": (
        "No known model fits: give more memory, or allow a server of your own.",
        "没有合适的模型：请增加内存，或允许使用自己的服务器。",
    ),
    "start_with": ("Start it with", "启动命令"),
    "machine": (
        "{cores} processor cores, {memory} GB of memory, {gpu}",
        "{cores} 个 CPU 核心，{memory} GB 内存，{gpu}",
    ),
    "no_gpu": ("no GPU", "没有 GPU"),
    "a_gpu": ("GPU {name} with {gb} GB", "GPU {name}，{gb} GB"),
    **LISTING_TEXTS,
}
# What the service says most often: its sentence as a regular expression, how the page says it in English
# (empty: as it is) and in Chinese; {0} … are the groups.
ERRORS: tuple[tuple[str, str, str], ...] = (
    (r"(.*): the file is empty; .*", "", "{0}：文件是空的，请重新复制或下载。"),
    (
        r"(.*): is not a PDF, whatever its name says.*",
        "",
        "{0}：文件名像 PDF，内容却不是 PDF；请换一个文件。",
    ),
    (r"(.*): is neither a PDF nor a known image.*", "", "{0}：既不是 PDF 也不是已知的图片；请换一个文件。"),
    (
        r"(.*): has (\d+) MB, the limit is (\d+) MB; .*",
        "",
        "{0}：有 {1} MB，上限是 {2} MB；可调大 OCTAVO_MAX_FILE_MB。",
    ),
    (
        r"(.*): the PDF is encrypted; .*",
        "{0}: the PDF is encrypted; enter its password below the file",
        "{0}：PDF 已加密，请在文件下方输入密码。",
    ),
    (
        r"(.*): the password does not open the PDF; .*",
        "{0}: the password does not open the PDF; enter the right one",
        "{0}：密码不对，请重新输入。",
    ),
    (
        r"(.*): more than (\d+) pages at once; .*",
        "{0}: more than {1} pages at once; look at this page only",
        "{0}：一次超过 {1} 页；请选“当前页”。",
    ),
    (r"the question is empty; .*", "", "问题为空，请输入想问的内容。"),
    (r"no field was named; .*", "", "请填写字段名，例如：invoice number, total。"),
    (
        r"(.*): there is no such file; .*",
        "{0}: is no longer here; drop it again",
        "{0}：文件已不在这里，请重新上传。",
    ),
)


def say(language: str, key: str, **values: Any) -> str:
    """The text of ``key`` in a language (English where it is unknown), its gaps filled."""
    text = TEXTS[key][language == "zh"]
    return text.format(**values) if values else text


def error_text(language: str, sentence: str) -> str:
    """What the service said, as it is said on the page, where the sentence is a known one."""
    for pattern, *said in ERRORS:
        if (match := re.fullmatch(pattern, sentence, re.S)) and said[language == "zh"]:
            return said[language == "zh"].format(*match.groups())
    return sentence


def preferred(header: str) -> str:
    """The language of a browser by its Accept-Language header: the first one that we have, else English."""
    for part in header.lower().split(","):
        name = part.split(";")[0].strip()[:2]
        if name in LANGUAGES:
            return name
    return "en"
