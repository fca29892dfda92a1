using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>What a streamed page of a test does while its response is under way.</summary>
public sealed class StreamedWork
{
    /// <summary>The work. The response starts as soon as it waits for something.</summary>
    public Func<HttpContext, Task> RunAsync { get; set; } = static _ => Task.CompletedTask;
}

/// <summary>The root component of an app with one page.</summary>
public sealed class StreamedRoot : ComponentBase
{
    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenComponent<StreamedPage>(0);
        builder.CloseComponent();
    }
}

/// <summary>A page with streaming rendering. It shows at once that it works, and then who the user is and how the work went.</summary>
[Route("/streamed")]
[StreamRendering]
public sealed class StreamedPage : ComponentBase
{
    private string _text = "working";

    /// <summary>The request.</summary>
    [CascadingParameter]
    public HttpContext Context { get; set; } = null!;

    /// <summary>The user of the request.</summary>
    [Inject]
    public AuthenticationStateProvider Users { get; set; } = null!;

    /// <summary>What it does.</summary>
    [Inject]
    public StreamedWork Work { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        try
        {
            await Work.RunAsync(Context);
            _text = $"done for {(await Users.GetAuthenticationStateAsync()).User.Identity?.Name ?? "no user"}";
        }
        catch (InvalidOperationException e)
        {
            _text = e.Message;
        }
    }

    /// <inheritdoc/>
    protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, _text);
}
