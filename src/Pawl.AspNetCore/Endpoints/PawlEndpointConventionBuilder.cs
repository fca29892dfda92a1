using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Pawl.AspNetCore;

/// <summary>The conventions of all endpoints of Pawl. It is not the group itself, so that an app cannot add endpoints of its own.</summary>
internal sealed class PawlEndpointConventionBuilder(RouteGroupBuilder group) : IEndpointConventionBuilder
{
    public void Add(Action<EndpointBuilder> convention) => ((IEndpointConventionBuilder)group).Add(convention);

    public void Finally(Action<EndpointBuilder> finallyConvention) => ((IEndpointConventionBuilder)group).Finally(finallyConvention);
}
