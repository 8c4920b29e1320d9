namespace MLNetScinti.Evaluation;

/// <summary>One case after scoring, where there are several classes. Identifiers are pseudonyms: they are printed in reports.</summary>
/// <param name="CaseId">Pseudonym of the case, unique in its set.</param>
/// <param name="PatientId">Pseudonym of the patient. All cases of a patient carry the same one.</param>
/// <param name="Label">The true class, from 0.</param>
/// <param name="Probabilities">The probability of each class, 0 to 1, in the order of the classes.</param>
public sealed record MulticlassCase(string CaseId, string PatientId, int Label, IReadOnlyList<float> Probabilities)
{
    /// <summary>The class called: the one with the largest probability, the first of those that tie.</summary>
    public int Called
    {
        get
        {
            int best = 0;
            for (int k = 1; k < Probabilities.Count; k++)
            {
                best = Probabilities[k] > Probabilities[best] ? k : best;
            }

            return best;
        }
    }
}
