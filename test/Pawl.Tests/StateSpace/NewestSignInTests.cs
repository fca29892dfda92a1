namespace Pawl.Tests.StateSpace;

/// <summary>
/// After a second user has signed in, no response of the first user's session returns the browser to the first user, however late it is.
/// </summary>
public sealed class NewestSignInTests(ITestOutputHelper output)
{
    [Requirement("XS-03", "ATTACK-23")]
    [Fact]
    public void The_browser_belongs_to_the_newest_sign_in()
    {
        var exploration = Explore(SignInRule.Real);
        Assert.True(exploration.Violation is null, exploration.ToString());
        Assert.True(exploration.IsExhausted, exploration.ToString());
    }

    [Fact]
    public void Without_the_sign_in_cookie_a_late_response_brings_the_first_user_back() => Fails(SignInRule.None, SharedJar.OtherUser);

    [Fact]
    public void A_refresh_that_deletes_the_cookie_may_be_the_late_answer() => Fails(SignInRule.DeletedWhenSpent, SharedJar.OtherUser);

    private void Fails(SignInRule rule, string violation)
    {
        var exploration = Explore(rule);
        Assert.Equal(violation, exploration.Violation);
        Assert.NotEmpty(exploration.Trace);
    }

    private Exploration Explore(SignInRule rule)
    {
        var exploration = SharedJar.Explore(rule);
        output.WriteLine($"{rule}: {exploration}");
        return exploration;
    }
}
