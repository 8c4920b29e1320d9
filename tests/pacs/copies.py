"""Copies of simulated studies under new identifiers: copies.py FROM TO NUMBER."""

import os
import sys

import pydicom

source, target, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
uid = f"2.25.9{number:09d}"
os.makedirs(target)
for place, name in enumerate(sorted(name for name in os.listdir(source) if name.endswith(".dcm"))):
    image = pydicom.dcmread(os.path.join(source, name))
    image.PatientID = f"SIM-{number:06d}"
    image.StudyInstanceUID, image.SeriesInstanceUID, image.FrameOfReferenceUID = uid + "0", uid + "1", uid + "2"
    image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = f"{uid}3{place:04d}"
    image.save_as(os.path.join(target, name))
