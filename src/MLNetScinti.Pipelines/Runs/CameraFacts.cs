using MLNetScinti.Pipelines.Audits;

namespace MLNetScinti.Pipelines.Runs;

/// <summary>Which camera took each case of a test set, where there are several and nothing else says it: figures are then given by camera too.</summary>
internal sealed class CameraFacts
{
    private readonly IReadOnlyDictionary<string, string> _cameras;

    private CameraFacts(IReadOnlyDictionary<string, string> cameras) => _cameras = cameras;

    /// <summary>The cameras of a test set's cases.</summary>
    public static CameraFacts Of(TestSet test)
    {
        Dictionary<string, string> cameras = new(StringComparer.Ordinal);
        foreach (Case one in test.Cases?.Read(images: false) ?? [])
        {
            if (one.Facts[AcquisitionFacts.Camera] is null && one.Acquisition[AcquisitionFacts.Camera]?.Text is { Length: > 0 } camera)
            {
                cameras[one.Id] = camera;
            }
        }

        return new(cameras.Values.Distinct(StringComparer.Ordinal).Skip(1).Any() ? cameras : new Dictionary<string, string>(StringComparer.Ordinal));
    }

    /// <summary>A case with its camera among its facts.</summary>
    public AnsweredCase Told(AnsweredCase one) => _cameras.TryGetValue(one.CaseId, out string? camera) ? one with { Facts = one.Facts.With(AcquisitionFacts.Camera, camera) } : one;
}
