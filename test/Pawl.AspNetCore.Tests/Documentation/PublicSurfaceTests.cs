namespace Pawl.AspNetCore.Tests;

/// <summary>A later version may add a member to any public type, and an app that was compiled before goes on.</summary>
public sealed class PublicSurfaceTests
{
    private static readonly Type[] Public = [.. typeof(Session).Assembly.ExportedTypes, .. typeof(PawlOptions).Assembly.ExportedTypes];

    // A positional record has a Deconstruct of exactly its members, and each new one changes its signature.
    [Fact]
    public void No_public_type_is_a_positional_record() =>
        Assert.DoesNotContain(Public, static type => Array.Exists(type.GetMethods(), static method => method.Name == "Deconstruct"));
}
