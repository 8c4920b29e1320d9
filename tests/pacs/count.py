"""What Orthanc has in the end: count.py ADDRESS STUDIES. Exit code 0 where each study has its four objects, once."""

import collections
import datetime
import json
import sys
import urllib.request

address, wanted = sys.argv[1], int(sys.argv[2])


def ask(what):
    with urllib.request.urlopen(f"{address}/{what}") as answer:
        return json.load(answer)


kinds = ["OT", "RTSTRUCT", "SEG", "SR"]
images = {}
made = collections.defaultdict(collections.Counter)
arrived = collections.defaultdict(dict)
for series in ask("series?expand"):
    study, modality = series["ParentStudy"], series["MainDicomTags"]["Modality"]
    when = datetime.datetime.strptime(series["LastUpdate"], "%Y%m%dT%H%M%S")
    if modality == "CT":
        images[study] = when
    else:
        made[study][modality] += len(series["Instances"])
    arrived[study][modality] = max(when, arrived[study].get(modality, when))

lost = sum(1 for study in images for kind in kinds if made[study][kind] == 0)
doubled = sum(made[study][kind] - 1 for study in images for kind in made[study] if made[study][kind] > 1)
whole = sum(1 for study in images if all(made[study][kind] == 1 for kind in kinds))
strangers = sum(1 for study in made if study not in images)
waits = sorted((max(when for kind, when in arrived[study].items() if kind != "CT") - images[study]).total_seconds() for study in images if made[study])
print(f"studies in the archive              {len(images)} of {wanted}")
print(f"with their four objects, once       {whole}")
print(f"objects lost                        {lost}")
print(f"objects doubled                     {doubled}")
print(f"objects in no study of theirs       {strangers}")
if waits:
    print(f"from last image to last answer      median {waits[len(waits) // 2]:.0f} s, longest {waits[-1]:.0f} s (seconds as Orthanc notes them)")
sys.exit(0 if len(images) == wanted == whole and doubled == 0 and strangers == 0 else 1)
