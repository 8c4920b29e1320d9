namespace MLNetScinti.Service.Accounts;

/// <summary>What somebody may do; each role may do what those before it may.</summary>
public enum Role
{
    /// <summary>Sees all pages.</summary>
    Reader,

    /// <summary>Has jobs run, paused and resumed, and has failed studies tried again.</summary>
    Operator,

    /// <summary>Decides which model is in use, and sees who has an account.</summary>
    Approver,
}

/// <summary>Somebody who may sign in.</summary>
/// <param name="Name">The name, as the audit log will have it.</param>
/// <param name="Role">What this person may do.</param>
/// <param name="Hash">The password, hashed by ASP.NET Core Identity's hasher.</param>
/// <param name="Stamp">Another one whenever password or role change: whoever signed in before has to sign in again.</param>
/// <param name="Since">When the account was made.</param>
public sealed record Account(string Name, Role Role, string Hash, string Stamp, DateTimeOffset Since);
