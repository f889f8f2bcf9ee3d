"""The enumerations, each in the order in which people expect to meet it."""

PHASES = ("1", "1/2", "2", "2/3", "3", "4")
DESIGNS = ("randomized", "single-arm", "multi-cohort")
BLINDINGS = ("open-label", "single-blind", "double-blind")
SETTINGS = ("first-line", "maintenance", "pretreated", "perioperative", "mixed")
SITES = ("pleural", "peritoneal", "mixed")
STATUSES = ("recruiting", "active", "completed", "terminated", "unknown")
ENDPOINT_TYPES = (
    "OS",
    "OS and PFS",
    "PFS or similar",
    "response",
    "disease control",
    "safety or dose",
    "feasibility",
    "symptoms or local control",
    "biology",
)
ROLES = ("experimental", "control")
REPORTED = ("reported", "not reached", "not reported")
PFS_DEFINITIONS = ("PFS", "irPFS", "TTP", "FFS")
CRITERIA = ("mRECIST", "RECIST", "WHO", "immune-related", "other")
AE_TYPES = ("treatment-related", "all-cause")
EXTRACTIONS = ("agrees", "not done")
THERAPY_CLASSES = (
    "Chemotherapy",
    "Anti-angiogenic therapy",
    "Targeted therapy",
    "Checkpoint inhibitor",
    "Vaccine or other immunotherapy",
    "Cell therapy",
    "Gene or virus therapy",
    "Surgery, radiotherapy or device",
    "Supportive care or placebo",
)
ENDPOINTS = ("OS", "PFS")
LANDMARK_ENDPOINTS = ("OS", "PFS", "irPFS")
CONTROL_KINDS = ("placebo or supportive care", "platinum-pemetrexed", "other active therapy")
P_RELATIONS = ("equal to", "less than")
HAZARDS = ("not proportional", "not stated")
SOURCE_KINDS = ("primary", "update", "registry", "abstract", "press", "secondary", "reconstruction")
STAGES = ("no human trial found", "phase 1", "phase 2", "phase 3", "approved")
FIGURE_KINDS = ("frequency", "prognosis", "trial result", "other")
VERDICTS = ("supported", "supported with a caveat", "outdated", "cannot be verified", "contradicted")
EXCEPTION_TABLES = ("trials", "landmarks", "curves", "comparisons")
