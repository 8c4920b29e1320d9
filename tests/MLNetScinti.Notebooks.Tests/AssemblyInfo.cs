using Xunit;

// A notebook that runs has the process's console and current folder.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
