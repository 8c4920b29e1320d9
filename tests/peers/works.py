"""The works of one thread that tests/peers/run measures against Debian's Python. Usage: works.py DRIVER NAME [--rounds N]"""

import argparse
import os
import sys
import tempfile

import side_by_side

side_by_side.use_one_core()

import numpy as np  # noqa: E402  (after the threads are set)


def check(what, ours, peer, tolerance):
    """Both sides must give the same, or their times mean nothing."""
    ours, peer = np.asarray(ours, dtype="f8").ravel(), np.asarray(peer, dtype="f8").ravel()
    if ours.shape != peer.shape:
        sys.exit(f"tests/peers: {what}: {ours.size} values from C#, {peer.size} from Python.")
    difference = float(np.max(np.abs(ours - peer))) if ours.size else 0.0
    if not difference <= tolerance:
        sys.exit(f"tests/peers: {what}: C# and Python differ by {difference:g}, more than {tolerance:g}.")
    return f"results differ by {difference:.1g} at most"


class Works:
    def __init__(self, driver, rounds, folder):
        self.driver, self.rounds, self.folder = driver, rounds, folder

    def file(self, name):
        return os.path.join(self.folder, name)

    def side(self, *arguments):
        return side_by_side.DriverSide(self.driver, arguments)

    def measure(self, work, ours, peer, **rest):
        side_by_side.measure(self.rounds, self.driver, work, ours, peer, **rest)

    # -- reading -------------------------------------------------------------------------------------------------

    def reading(self):
        studies = self.file("studies")
        maker = side_by_side.DriverSide.__new__(side_by_side.DriverSide)
        maker.process = side_by_side.subprocess.Popen(["dotnet", self.driver, "studies", studies], stdin=side_by_side.subprocess.PIPE)
        maker.close()
        tomo = next(os.path.join(studies, name) for name in sorted(os.listdir(studies)) if name.startswith("SIM-"))
        self.read("reading NM RECON TOMO, {0} sections of 128 x 128, 16 bits with a factor", tomo)
        real = os.path.join(os.environ.get("SCINTI_TEST_DATA", ""), "bone-scan", "NM1_UNC.dcm")
        if os.path.exists(real):
            self.read("reading NM whole body of a camera, 1024 x 256", real)
        self.read("reading NM WHOLE BODY, 2 views of 1024 x 256, 16 bits", os.path.join(studies, "whole-body.dcm"))

    def read(self, work, file):
        import pydicom

        def numbers(dataset, name, default):
            value = dataset.get(name, default)
            return [float(item) for item in value] if value is not None else default

        def scaled(stored, slope, into):
            # In double precision and rounded once, as on the other side and as pydicom's own tables do it, but a piece at a time.
            into = np.empty(stored.shape, "f4") if into is None else into
            return np.multiply(stored, slope, out=into, casting="unsafe", dtype="f8")

        def image(into):
            # What the C# side does too: the pixels as floats with their factor, the geometry, the energy windows and who the patient is.
            dataset = pydicom.dcmread(file)
            stored = dataset.pixel_array
            mapping = dataset.get("RealWorldValueMappingSequence")
            if mapping:
                values = scaled(stored, float(mapping[0].RealWorldValueSlope), into)
            elif "RescaleSlope" in dataset:
                values = scaled(stored, float(dataset.RescaleSlope), into)
            elif into is None:
                values = stored.astype("f4")
            else:
                np.copyto(into, stored, casting="unsafe")
                values = into
            header = {
                "spacing": numbers(dataset, "PixelSpacing", [1.0, 1.0]),
                "thickness": float(dataset.get("SliceThickness") or 0),
                "between": float(dataset.get("SpacingBetweenSlices") or 0),
                "frames": int(dataset.get("NumberOfFrames") or 1),
                "vectors": [list(np.atleast_1d(dataset.get(name))) for name in ("SliceVector", "DetectorVector", "EnergyWindowVector") if name in dataset],
                "windows": [(float(limits.EnergyWindowLowerLimit), float(limits.EnergyWindowUpperLimit))
                            for window in dataset.get("EnergyWindowInformationSequence") or []
                            for limits in window.get("EnergyWindowRangeSequence") or []],
                "detectors": [(numbers(one, "ImagePositionPatient", []), numbers(one, "ImageOrientationPatient", []))
                              for one in dataset.get("DetectorInformationSequence") or []],
                "rotations": [float(one.get("ScanArc") or 0) for one in dataset.get("RotationInformationSequence") or []],
                "patient": (str(dataset.get("PatientID")), str(dataset.get("PatientName")), str(dataset.get("PatientSex")), str(dataset.get("PatientAge"))),
                "texts": [str(dataset.get(name)) for name in ("Modality", "ImageType", "StudyDescription", "SeriesDescription", "ImageID", "Manufacturer",
                                                              "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "AcquisitionDate", "AcquisitionTime")],
                "counts": dataset.get("CountsAccumulated"),
            }
            return values, header, float(values.sum(dtype="f8")) if header["counts"] else 0.0

        for memory, said in (("reuse", "into the values of the image before"), ("fresh", "into new memory")):
            output = self.file("values")
            ours = self.side("reading", file, output, memory)
            values = image(None)[0]
            into = values.copy() if memory == "reuse" else None
            note = check(work, np.fromfile(output, "f4"), values, 0)
            self.measure(
                work.format(values.shape[0] if values.ndim == 3 else 1), ours, lambda: image(into),
                label=f"DicomImageReader, {said}", peer_label=f"pydicom {pydicom.__version__}, numpy", bar=5.0 if memory == "reuse" else 1.0,
                why="" if memory == "fresh" else "Most of the time goes to the system's copying of the file, which both sides share.",
                note=note + ("" if memory == "reuse" else "; new memory for a volume costs a page fault for each 4 KiB, which the data views avoid and malloc's reuse spares numpy"))

    # -- images --------------------------------------------------------------------------------------------------

    def noise(self, *shape):
        image = np.random.default_rng(7).random(shape, dtype="f4")
        name = self.file("image")
        image.tofile(name)
        return image, name

    def augmentation(self):
        for shape, sample in (((128, 128), 3), ((128, 128, 128), 3)):
            self.augment(shape, sample)

    def augment(self, shape, sample):
        import torch
        from torch.nn.functional import affine_grid, grid_sample
        image, name = self.noise(*shape)
        output = self.file("moved")
        ours = self.side("augmentation", name, output, *shape, sample)
        row_row, row_column, column_row, column_column, row_shift, column_shift = ours.answer
        rows, columns = shape[-2:]
        # grid_sample counts from -1 to 1 between the outer centres, columns first; the sections of a volume are its channels.
        half_row, half_column = (rows - 1) / 2, (columns - 1) / 2
        theta = torch.tensor([[[column_column, column_row * half_row / half_column, column_shift / half_column],
                               [row_column * half_column / half_row, row_row, row_shift / half_row]]], dtype=torch.float32)
        planes = torch.from_numpy(image).reshape(1, -1, rows, columns)
        last = planes.contiguous(memory_format=torch.channels_last)

        def move(pixels):
            grid = affine_grid(theta, (1, 1, rows, columns), align_corners=True)
            return grid_sample(pixels, grid, mode="bilinear", padding_mode="zeros", align_corners=True)

        ways = [("grid_sample", lambda: move(planes))] + ([("grid_sample, sections last", lambda: move(last))] if len(shape) == 3 else [])
        with torch.inference_mode():
            way, peer = side_by_side.faster(ways)
            # A single-precision grid is good to 1e-5 of a pixel at 128, and noise changes by 1 from pixel to pixel.
            note = check("augmentation", np.fromfile(output, "f4"), peer().numpy(), 1e-4)
            self.measure(
                f"augmentation (flip, zoom, turn, shift in one), {' x '.join(map(str, shape))}", ours, peer,
                label="Augmentation.Draw and Apply", peer_label=f"torch {torch.__version__}, affine_grid and {way}", bar=4.0, note=note)

    def projections(self):
        import torch
        volume, name = self.noise(128, 128, 128)
        output = self.file("projected")
        ours = self.side("projections", name, output, *volume.shape)
        results = [torch.empty(128, 128) for _ in range(3)]
        voxels = torch.from_numpy(volume)

        def peer():
            for axis, result in zip((0, 2, 1), results):
                torch.amax(voxels, axis, out=result)

        with torch.inference_mode():
            peer()
            note = check("projections", np.fromfile(output, "f4"), np.concatenate([result.numpy().ravel() for result in results]), 0)
            self.measure(
                "three maximum intensity projections, 128 x 128 x 128", ours, peer,
                label="MaximumIntensityProjections.Project", peer_label=f"torch {torch.__version__}, amax of each axis", bar=3.0, note=note)

    # -- reconstruction ------------------------------------------------------------------------------------------

    def osem(self, bins=128, views=120, sections=32, subsets=8, iterations=1):
        import scipy
        from scipy import sparse
        rng = np.random.default_rng(5)
        counts = rng.poisson(20, (views, bins, sections)).astype("f4")
        name, output = self.file("views"), self.file("volume")
        counts.tofile(name)
        ours = self.side("osem", name, output, views, bins, sections, subsets, iterations)

        middle = (bins - 1) / 2
        row, column = np.mgrid[0:bins, 0:bins]
        x, y = column - middle, row - middle
        inside = np.flatnonzero(x ** 2 + y ** 2 <= middle ** 2)
        x, y = x.ravel()[inside], y.ravel()[inside]
        order = sorted(range(subsets), key=lambda subset: int(format(subset, f"0{subsets.bit_length() - 1}b")[::-1], 2))
        projectors, back, sensitivity, measured = [], [], [], []
        for subset in order:
            chosen = range(subset, views, subsets)
            rows, values = [], []
            for place, view in enumerate(chosen):
                angle = 2 * np.pi * view / views
                bin_ = np.clip(x * np.cos(angle) - y * np.sin(angle) + middle, 0, bins - 1)
                low = np.minimum(bin_.astype(int), bins - 2)
                rows += [place * bins + low, place * bins + low + 1]
                values += [1 - (bin_ - low), bin_ - low]
            columns = np.tile(np.arange(inside.size), 2 * len(chosen))
            matrix = sparse.csr_matrix((np.concatenate(values).astype("f4"), (np.concatenate(rows), columns)), shape=(len(chosen) * bins, inside.size))
            projectors.append(matrix)
            back.append(matrix.T.tocsr())
            sensitivity.append(np.asarray(matrix.sum(axis=0), "f4").ravel()[:, None])
            measured.append(counts[list(chosen)].reshape(-1, sections))

        def peer():
            image = np.ones((inside.size, sections), "f4")
            for _ in range(iterations):
                for matrix, adjoint, scale, seen in zip(projectors, back, sensitivity, measured):
                    image *= (adjoint @ (seen / np.maximum(matrix @ image, np.float32(1e-6)))) / scale
            return image

        expected = np.zeros((sections, bins * bins), "f4")
        expected[:, inside] = peer().T
        note = check("OSEM", np.fromfile(output, "f4"), expected, 1e-3 * float(expected.max()))
        self.measure(
            f"OSEM, {iterations} iteration of {subsets} subsets, {views} views of {bins} bins, {sections} sections", ours, peer,
            label="OrderedSubsets", peer_label=f"scipy {scipy.__version__}, the same projector as sparse matrices", bar=1.0, note=note)

    # -- statistics ----------------------------------------------------------------------------------------------

    def scores(self, cases, models):
        rng = np.random.default_rng(11)
        labels = (rng.random(cases) < 0.4).astype("f8")
        # Rounded, so that there are ties.
        return np.stack([labels] + [np.round(rng.normal(labels * (0.8 + 0.3 * model), 1), 2) for model in range(models)])

    def delong(self):
        import scipy
        from scipy.stats import rankdata
        for cases in (40, 10_000):
            drawn = self.scores(cases, 2)
            name, output = self.file("scores"), self.file("areas")
            drawn.tofile(name)
            ours = self.side("delong", name, output, cases)
            labels, scores = drawn[0] > 0, drawn[1:]

            def peer():
                positives, negatives = scores[:, labels], scores[:, ~labels]
                m, n = positives.shape[1], negatives.shape[1]
                among = rankdata(np.concatenate([positives, negatives], axis=1), axis=1)
                v10 = (among[:, :m] - rankdata(positives, axis=1)) / n
                v01 = 1 - (among[:, m:] - rankdata(negatives, axis=1)) / m
                covariance = np.cov(v10) / m + np.cov(v01) / n
                areas = v10.mean(axis=1)
                return areas[0], areas[1], covariance[0, 0], covariance[1, 1], covariance[0, 1]

            note = check("DeLong", np.fromfile(output, "f8"), peer(), 1e-12)
            self.measure(
                f"DeLong's comparison of two models, {cases} cases", ours, peer,
                label="DeLong.Compare", peer_label=f"numpy and scipy {scipy.__version__}, by mid-ranks", bar=1.0, note=note)

    def bootstrap(self, patients=300, replicates=2000):
        cases = 2 * patients
        drawn = self.scores(cases, 1)
        name, output = self.file("scores"), self.file("interval")
        drawn.tofile(name)
        ours = self.side("bootstrap", name, output, cases, replicates)
        order = np.argsort(-drawn[1], kind="stable")
        labels, sorted_scores = drawn[0][order], drawn[1][order]
        starts = np.flatnonzero(np.concatenate([[True], sorted_scores[1:] != sorted_scores[:-1]]))
        patient = order // 2

        def one_by_one():
            rng = np.random.default_rng(1)
            areas = np.empty(replicates)
            for replicate in range(replicates):
                weights = np.bincount(rng.integers(0, patients, patients), minlength=patients)[patient]
                positives = np.add.reduceat(weights * labels, starts)
                negatives = np.add.reduceat(weights * (1 - labels), starts)
                above = np.cumsum(positives) - positives
                areas[replicate] = np.dot(negatives, above + positives / 2) / (positives.sum() * negatives.sum())
            return np.quantile(areas, [0.025, 0.975])

        def all_at_once():
            rng = np.random.default_rng(1)
            areas = []
            for _ in range(replicates // 200):
                chosen = rng.integers(0, patients, (200, patients)) + patients * np.arange(200)[:, None]
                weights = np.bincount(chosen.ravel(), minlength=200 * patients).reshape(200, patients)[:, patient]
                positives = np.add.reduceat(weights * labels, starts, axis=1)
                negatives = np.add.reduceat(weights * (1 - labels), starts, axis=1)
                above = np.cumsum(positives, axis=1) - positives
                areas.append((negatives * (above + positives / 2)).sum(axis=1) / (positives.sum(axis=1) * negatives.sum(axis=1)))
            return np.quantile(np.concatenate(areas), [0.025, 0.975])

        way, peer = side_by_side.faster([("a replicate at a time", one_by_one), ("200 replicates at a time", all_at_once)])
        # Two generators: the intervals agree as far as 2000 draws go.
        note = check("bootstrap", np.fromfile(output, "f8"), peer(), 0.01)
        self.measure(
            f"bootstrap by patient of an area, {patients} patients, {replicates} replicates", ours, peer,
            label="PatientBootstrap", peer_label=f"numpy {np.__version__}, {way}", bar=1.0, note=note)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("driver", help="MLNetScinti.Peers.dll")
    options.add_argument("name", choices=["reading", "augmentation", "projections", "osem", "delong", "bootstrap"])
    options.add_argument("--rounds", type=int, default=15)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="scinti-peers-") as folder:
        getattr(Works(chosen.driver, chosen.rounds, folder), chosen.name)()


if __name__ == "__main__":
    main()
