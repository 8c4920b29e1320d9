using Xunit;

// Processor time and memory are the process's: what is measured here must be alone.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
