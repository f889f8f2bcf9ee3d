"""What the words of the notebooks mean: one definition each, in plain language and without figures."""

from __future__ import annotations

from typing import NamedTuple

NCI = "the NCI Dictionary of Cancer Terms"
COCHRANE = "the Cochrane Handbook"
ICH = "ICH E9"
RECIST = "RECIST 1.1"


class Term(NamedTuple):
    """A definition in words of our own, the other forms in which texts use the term, and whom it follows."""

    meaning: str
    forms: tuple[str, ...] = ()
    follows: str = ""


TERMS = {
    "accrual": Term("How fast patients enter a trial.", ("recruitment",), NCI),
    "adverse event": Term(
        "Anything unwanted that happens to a patient during or after treatment, whether or not the "
        "treatment caused it; its grade tells how severe it was.",
        ("adverse events",),
        NCI,
    ),
    "agent": Term(
        "Here: the therapy that an arm tries, without the chemotherapy that goes with it.", ("agents",)
    ),
    "arm": Term("A group of patients in a trial who are meant to get the same treatment.", ("arms",), NCI),
    "blinded": Term(
        "The treatment that a patient gets is kept from those whose knowing it could sway the result: "
        "patients, doctors, or whoever judges the outcome. The opposite is open-label.",
        ("double-blind", "single-blind", "blinding", "blind", "open-label"),
        ICH,
    ),
    "CAR T cells": Term(
        "Immune cells taken from the patient, given a gene for a receptor that fits the tumor, and "
        "given back.",
        ("CAR T cell",),
        NCI,
    ),
    "cell type": Term(
        "What the tumor looks like under a microscope: epithelioid, sarcomatoid, or biphasic, which is a "
        "mixture of both. Patients with epithelioid tumors tend to live longer.",
        ("cell types", "epithelioid", "sarcomatoid", "biphasic"),
        NCI,
    ),
    "censoring": Term(
        "What survival analysis does with patients who were still alive, or out of sight, when last seen: "
        "they count up to that day, and nothing is assumed of what came after.",
        ("censored",),
        COCHRANE,
    ),
    "checkpoint": Term(
        "A brake of the immune system. Drugs called checkpoint inhibitors release it.",
        ("checkpoints", "checkpoint inhibitor", "checkpoint inhibitors"),
        NCI,
    ),
    "cohort": Term("A group of people, or of their tumors, studied together.", ("cohorts",), NCI),
    "complete response": Term("All visible tumor is gone.", ("complete responses",), RECIST),
    "confidence interval": Term(
        "The range of true values that the data are compatible with, as far as chance goes. Of all "
        "intervals made in the same way, a share as large as the level holds the truth. It is narrow "
        "where many patients were studied, and it tells nothing of errors other than chance.",
        ("confidence intervals", "interval", "intervals"),
        COCHRANE,
    ),
    "control arm": Term(
        "The patients of a trial who get the usual care, another therapy or a placebo, for comparison.",
        ("control arms", "control", "controls"),
        NCI,
    ),
    "disease control": Term(
        "Complete response, partial response and stable disease together. How long the disease must be "
        "stable to count differs from trial to trial.",
        ("disease control rate",),
        NCI,
    ),
    "endpoint": Term(
        "What a trial measures to judge a treatment, such as the time until death.", ("endpoints",), NCI
    ),
    "enrolled": Term(
        "Entered into a trial, whether or not the treatment was ever given.", ("enrollment", "enroll"), NCI
    ),
    "evaluable": Term(
        "Said of the patients whose response could be judged: the denominator of a response rate.", (), NCI
    ),
    "gene therapy": Term(
        "Treatment that brings a gene, or something else that acts on genes, into cells of the body.", (), NCI
    ),
    "hazard ratio": Term(
        "How fast patients in one arm die, or get worse, at any moment, divided by how fast those in the "
        "other arm do. One means no difference; below one favors the therapy on top. It is no ratio of "
        "times.",
        ("hazard ratios",),
        COCHRANE,
    ),
    "heterogeneity": Term(
        "How much the true effects differ between trials. Tau² is the variance of these effects, I² the "
        "share of the differences between results that chance alone does not explain.",
        ("tau²", "I²"),
        COCHRANE,
    ),
    "intention to treat": Term(
        "Every randomized patient is counted in the arm that chance chose, whatever treatment followed.",
        ("ITT",),
        ICH,
    ),
    "landmark survival": Term(
        "The share of patients alive at a fixed time, such as one year, after the clock started.",
        ("survival at fixed times",),
    ),
    "median": Term("The middle value: as many lie below it as above it.", ("medians",), NCI),
    "median overall survival": Term(
        "The time after which half of the patients had died and half were still alive. It does not tell "
        "how long one person will live.",
        ("median survival",),
        NCI,
    ),
    "mutation": Term(
        "A lasting change in the genes of a cell. Those of a tumor are mostly its own, and not inherited.",
        ("mutations", "mutated"),
        NCI,
    ),
    "not reached": Term(
        "Said of a median, or the upper limit of an interval: too few patients had died when the results "
        "were read for it to be known. It is no gap in the report, and no promise."
    ),
    "not reported": Term(
        "The sources that could be read do not tell. It may stand elsewhere, and it never means none."
    ),
    "objective response": Term(
        "The tumor shrank by an amount set beforehand: complete and partial responses together.",
        ("objective responses", "objective response rate", "response rate", "response rates"),
        NCI,
    ),
    "oncogene": Term("A gene that drives the growth of a tumor, once it is switched on for good.", (), NCI),
    "oncolytic virus": Term(
        "A virus that multiplies in tumor cells and bursts them. Treatment with it is called virotherapy.",
        ("oncolytic viruses", "virotherapy"),
        NCI,
    ),
    "overall survival": Term(
        "The time from the start of the clock until death from any cause. The clock starts at "
        "randomization, first dose or diagnosis.",
        (),
        NCI,
    ),
    "P value": Term(
        "How probable a difference at least this large would be if there were none in truth. It does not "
        "tell how large or how important a difference is.",
        ("P values",),
        NCI,
    ),
    "partial response": Term(
        "The tumor shrank by at least the amount that the criteria ask for, and did not vanish.",
        ("partial responses",),
        RECIST,
    ),
    "phase": Term(
        "Where a trial stands on the way of a new therapy: early phases look for a safe dose and first "
        "signs of an effect, later ones compare it with what is usual.",
        ("phases",),
        NCI,
    ),
    "placebo": Term("Something that looks like the treatment and has no active part.", (), NCI),
    "pooled": Term(
        "Combined into one estimate from several trials, each weighted by how much it tells. It makes "
        "sense only where the trials asked the same question.",
        ("pooled estimate", "pooling", "meta-analysis"),
        COCHRANE,
    ),
    "post hoc": Term(
        "Thought of after the results were known, and so easily led by them.", ("after the fact",), ICH
    ),
    "prediction interval": Term(
        "Where the true effect of a further trial like these would probably lie. It is wider than the "
        "confidence interval of the pooled effect where effects differ between trials.",
        ("prediction intervals",),
        COCHRANE,
    ),
    "primary endpoint": Term(
        "The one result, or the few, that a trial said beforehand it would be judged by.",
        ("primary endpoints",),
        ICH,
    ),
    "prognosis": Term(
        "How the disease is likely to run. A mark that foretells this is prognostic; it need not tell who "
        "gains from a treatment. One that does is called predictive.",
        ("prognostic",),
        NCI,
    ),
    "progression-free survival": Term(
        "The time until the tumor grows or the patient dies, whichever comes first.", (), NCI
    ),
    "progressive disease": Term(
        "The tumor grew by a set amount, or a new one appeared.", ("progression",), RECIST
    ),
    "proportional hazards": Term(
        "The hazard ratio is the same at all times. Where it is not, as where survival curves cross, one "
        "number stands for a ratio that changes, and can mislead.",
        ("non-proportional hazards", "hazards are not proportional"),
        COCHRANE,
    ),
    "publication bias": Term(
        "Trials with welcome results are published more readily than others, so what can be read looks "
        "better than what was found.",
        (),
        COCHRANE,
    ),
    "randomized": Term(
        "Chance alone decided which treatment a patient was to get, so that the groups differ by chance "
        "and treatment only.",
        ("randomization", "non-randomized", "nonrandomized"),
        ICH,
    ),
    "RECIST": Term(
        "Rules for measuring on scans whether a tumor shrank or grew. A modified form was made for "
        "mesothelioma, which grows as a rind around the lung.",
        ("modified RECIST", "mRECIST"),
    ),
    "selected patients": Term(
        "Patients taken for a feature, such as fitness for surgery or a mark on the tumor. What was found "
        "in them need not hold for all.",
        ("selected populations", "selection"),
    ),
    "setting": Term(
        "When in the course of the disease a treatment is given: as the first one (first-line), after a "
        "first one that held the tumor (maintenance), after an earlier one (pretreated), or around an "
        "operation (perioperative).",
        ("settings",),
    ),
    "stable disease": Term(
        "The tumor neither shrank enough for a partial response nor grew enough for progressive disease.",
        ("stable diseases",),
        RECIST,
    ),
    "surrogate": Term(
        "A result measured in place of the one that matters to patients, such as a shrinking tumor in "
        "place of a longer life. It is of use only where the one is known to foretell the other.",
        ("surrogates", "surrogate endpoint", "surrogate endpoints"),
        ICH,
    ),
    "survival curve": Term(
        "The share of patients still alive, drawn over time. Made by the method of Kaplan and Meier, it "
        "counts each patient for as long as that patient was followed.",
        ("survival curves",),
        NCI,
    ),
    "tumor suppressor": Term(
        "A gene that holds growth back. When it is lost, cells may grow without a limit.",
        ("tumor suppressors", "tumor-suppressor"),
        NCI,
    ),
    "vector": Term(
        "What carries a gene into cells: most often a virus that was made harmless.", ("vectors",), NCI
    ),
}
