namespace MLNetScinti.Pipelines.Data;

/// <summary>What came of a file: facts about it, or why it was left out. Kept, so that every pass has the same rows.</summary>
internal sealed record StudyOutcome<TFacts>(TFacts? Facts, LeftOutStudy? LeftOut)
    where TFacts : class;
