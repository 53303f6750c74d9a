# ruff: noqa: E501 (tables of words)
"""What office forms print: labels with the kind of value that belongs to them, titles, headings, memo heads."""

TITLES = (
    "REQUEST FOR APPROVAL", "PROJECT AUTHORIZATION", "MEMORANDUM", "INTEROFFICE MEMORANDUM", "FAX TRANSMITTAL",
    "FACSIMILE COVER SHEET", "LABORATORY REPORT", "SAMPLE ANALYSIS REQUEST", "PROGRESS REPORT", "SUMMARY OF EXPENSES",
    "TRAVEL EXPENSE REPORT", "PURCHASE REQUISITION", "CHANGE OF SPECIFICATION", "NEW ITEM FORM", "SPECIAL EVENT REQUEST",
    "CHECK REQUEST", "PERSONNEL ACTION", "TEST PLAN", "FIELD REPORT", "SURVEY OF STORES", "AUDIENCE STUDY", "CONTRACT COVER SHEET",
    "BUDGET TRANSFER", "MEETING NOTICE", "ADVERTISING ORDER", "SHIPPING ORDER", "PRODUCT EVALUATION", "INCIDENT REPORT",
    "EMPLOYMENT RECORD", "APPLICATION FOR MEMBERSHIP", "STATEMENT OF ACCOUNT", "WORK ORDER", "RECORD OF CALL",
)  # fmt: skip

HEADS = (
    "General Information", "Background", "Schedule", "Budget", "Distribution", "Method", "Results", "Conclusions", "Materials",
    "Approvals", "Sample Description", "States and cities", "Estimated Costs", "For Office Use Only", "Recommendation",
    "Account Information", "Circulation", "Specifications", "Summary", "Follow-up", "Expenses", "Current Year", "Previous Year",
)  # fmt: skip

REMARKS = (
    "COMMENTS", "Remarks", "REMARKS", "Comments", "Description", "Explain", "NOTES", "Reason", "Objective", "Instructions", "Message",
    "Summary", "SUGGESTION", "NATURE OF WORK", "Background", "PROJECT OBJECTIVE",
)  # fmt: skip

BRIEF = (
    (("TO", "person"), ("FROM", "person"), ("SUBJECT", "text"), ("DATE", "date")),
    (("To", "person"), ("From", "person"), ("Date", "date"), ("Subject", "text"), ("cc", "person")),
    (("TO", "person"), ("COMPANY", "company"), ("FAX NUMBER", "phone"), ("FROM", "person"), ("PHONE", "phone"), ("DATE", "date")),
    (("DATE", "date"), ("TO", "person"), ("CC", "person"), ("FROM", "person"), ("RE", "text")),
    (("TO", "person"), ("FROM", "person"), ("Number of pages", "number"), ("Time", "time")),
)  # fmt: skip

_TABLE = """
date: Date; Date Sent; Date Received; Date Required; Start Date; Completion Date; Effective Date; Field Start; Field Complete; Final Report Due; Expiration Date; Release Date; Issue Date; Date Reported; Meeting Date; Revised; Today's Date; Hire Date; Mailing Date; Report Due; Date of Birth; Date Ordered; Closing Date; Delivery Date; Week of
person: Requested by; Submitted by; Prepared by; Reported by; Investigator(s); Project Leader; Supervisor; Supervisor / Manager; Sales Manager; Contact; Attention; Author; Project Originated By; Analyst; Spokesperson; Name; Account Executive; Attorney; Customer Contact; Typed by; Assigned to; Name / Phone Ext.; Doctor; Director; Witness; Originator
company: Company; Supplier; Recommended Supplier; Manufacturer; Client; Agency; Firm; Vendor; Name of Account; Organization; Publication; Sponsor; Distributor; Printer; Account; Ship to; Division; Facility; Laboratory; Contractor
city: City; Location; Market; Area; Region; Office; Test Market; State; Place; Territory; Plant; Destination; Department; Section; Branch
product: Brand; Product; Item; Brand(s) Promoted; Title; Item/Brand; Test Product; Competitive Brand; Material; Description; Package; Style; Product Description; Equipment; Sample; Display; Compound
text: Subject; Type of Promotion; Project Type; Objective; Method; Reason(s) for Recommendation; Purpose; Source; Magazine; Medium; Topic; Program; Event; Position; Size; Space/Color; Conclusion; Special Instructions; Comments; Recommendation; Type; Content; Suggestion; Re; Classification; Procedure; Reported; Audience; Response; Distribution; Coverage; Other
id: Project #; Project No.; Code #; Job No.; Account No.; Lot No.; Promo #; Sample No.; Order No.; Notebook Page; Reference No.; File No.; Serial No.; Study No.; P.O. No.; Form No.; Contract No.; Lorry No.; MRD #; Docket; Case No.; Employee No.; Batch; Copy Code; Event No.; Requisition #; Budget Code
amount: Cost ($); Total Cost; Est. Travel; Original Budgeted Amount; Total Area Authorized; Current Balance Available; New Balance; Committed to Date; This Change; Amount; Unit Cost; Budget; Fee; Price; Net Cost; Total Reportable Expenditures; Deductions; Value; Balance Due; Total Authorized Project Amount; Payment; Estimated Cost; Freight
number: Total Sample; Sample Size; Number of Pages; No. of Stores; Quantity; Quantity Ordered; Pages; Cycle; Copies; Ext.; Items Received; Base; Score; Circulation; Units; Cartons; Volume; No. Employees; Room; Zone; Year; Total; Count; Attendance
percent: Share; Percent Change; Discount; Rate; Recall; Response Rate; Moisture; Target; Concentration; % Distribution; Commission
phone: Telephone; Phone; Fax; Fax No.; Telephone No.; Phone No.; Fax Number; Office Phone; Pager
size: Dimensions; Filter Length; Paper Size; Circumference; Overall Size; Plug Wrap
time: Time; Time Received; Start Time; Hours
"""


def _labels() -> tuple[tuple[str, str], ...]:
    rows = (line.partition(": ") for line in _TABLE.strip().splitlines())
    return tuple((label.strip(), kind) for kind, _, names in rows for label in names.split(";"))


LABELS = _labels()
