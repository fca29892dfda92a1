using Microsoft.Extensions.Options;

namespace Pawl.Client;

/// <summary>A host with options that cannot work does not start.</summary>
internal sealed class PawlSessionOptionsValidator : IValidateOptions<PawlSessionOptions>
{
    public ValidateOptionsResult Validate(string? name, PawlSessionOptions options) =>
        options.FindProblem() is { } problem
            ? ValidateOptionsResult.Fail($"Pawl session{(string.IsNullOrEmpty(name) ? "" : $" {name}")}: {problem}")
            : ValidateOptionsResult.Success;
}
