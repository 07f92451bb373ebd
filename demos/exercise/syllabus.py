"""The ten exercises of the syllabus, in the form in which a teacher writes one: see ``sheet.py``."""

__all__ = ["SYLLABUS"]

SYLLABUS = """
title: Ten derivations

# One neuron
One sigmoid neuron and the squared error: the delta rule.
given:
    z = w*x + b
    y = sigmoid(z)
    E = (y - t)**2/2
at: w = 0.5, b = 0.1, x = 2, t = 1
asked: dw, db
hint: The chain has three factors: dE/dy, dy/dz, and dz/dw or dz/db.
hint: dy/dz can be written in y alone.
solution:
    dz = (y - t)*y*(1 - y)
    dw = dz*x
    db = dz

# A chain of three
y = e^(sin x²), step by step.
given:
    v = x**2
    u = sin(v)
    y = exp(u)
at: x = 1.2
asked: dx
hint: Go from the outside inwards: dy/du, du/dv, dv/dx.
hint: The derivative of e^u is e^u itself, which is y.
solution:
    du = y
    dv = du*cos(v)
    dx = dv*2*x

# Cross-entropy and a sigmoid
The cost of a yes or no. It comes out shorter than the squared error does.
given:
    z = w*x + b
    y = sigmoid(z)
    E = -(t*log(y) + (1 - t)*log(1 - y))
at: w = 0.4, b = -0.2, x = 1.5, t = 1
asked: dw, db
hint: dE/dy = -t/y + (1 - t)/(1 - y). Put both over one denominator.
hint: y(1 - y), the derivative of the sigmoid, cancels that denominator.
solution:
    dz = y - t
    dw = dz*x
    db = dz

# Another activation
The same neuron with tanh.
given:
    z = w*x + b
    a = tanh(z)
    E = (a - t)**2/2
at: w = 0.3, b = 0.2, x = -1.5, t = 0.5
asked: dw, db
hint: The derivative of tanh can be written in a alone, and it is not a(1 - a).
solution:
    dz = (a - t)*(1 - a**2)
    dw = dz*x
    db = dz

# Two paths
x reaches y in two ways. A derivative is the sum over all of them.
given:
    a = x**2
    b = sin(a)
    c = exp(a)
    y = b*c
at: x = 0.8
asked: dx
hint: How much does y change with b, and how much with c? Both change with a.
hint: da is a sum of two products, one for each path.
solution:
    db = c
    dc = b
    da = db*cos(a) + dc*exp(a)
    dx = da*2*x

# A layer and the mean squared error
Rows of X are samples. The cost is the mean over the samples of the squared errors.
given:
    Y = X @ W + b
    n = X.shape[0]
    C = ((Y - T)**2).sum()/n
at: W = random(3, 2), b = random(2), X = random(4, 3), T = random(4, 2)
asked: dW, db
hint: Begin with dY, which has the shape of Y. Where does n go?
hint: dW has the shape of W: which of X and dY must be transposed, and which comes first?
hint: b is added to each row, so that its gradient is a sum over the rows.
solution:
    dY = 2*(Y - T)/n
    dW = X.T @ dY
    db = dY.sum(axis=0)

# Softmax and cross-entropy
z are the scores of three classes, and t is 1 for the right class and 0 for the others.
given:
    e = exp(z)
    p = e/e.sum()
    E = -(t*log(p)).sum()
at: z = [2, -1, 0.5], t = [1, 0, 0]
asked: dz
hint: Every p depends on every z: dp_i/dz_j = p_i(1 - p_i) where i = j, and -p_i p_j elsewhere.
hint: The targets add up to 1.
solution:
    dz = p - t

# A layer of ReLU
The second layer has one output, and the loss is that output.
given:
    z = W @ x
    h = relu(z)
    y = (v*h).sum()
at: W = random(4, 3), v = random(4), x = random(3)
asked: dv, dW
hint: Where z is positive h follows it, elsewhere h does not move: (z > 0) is 1 and 0.
hint: dW has a row for each z and a column for each x: np.outer(…, …).
solution:
    dv = h
    dz = v*(z > 0)
    dW = np.outer(dz, x)

# Two layers
The four equations of backpropagation. Columns of x are samples.
given:
    z1 = W1 @ x + b1
    h1 = sigmoid(z1)
    z2 = W2 @ h1 + b2
    y = sigmoid(z2)
    C = ((y - t)**2).sum()/2
at: W1 = random(3, 2), b1 = random(3, 1), W2 = random(2, 3), b2 = random(2, 1)
    x = random(2, 4), t = random(2, 4)
asked: dz2, dW2, db2, dz1, dW1, db1
hint: The error of the output layer is dz2 = ∂C/∂y times the derivative of the sigmoid, element by element.
hint: The error goes back through the weights themselves: dh1 = W2ᵀ dz2. Then through the sigmoid.
hint: A gradient of weights is error times input, transposed: dz hᵀ. Biases: the sum over samples.
solution:
    dz2 = (y - t)*y*(1 - y)
    dW2 = dz2 @ h1.T
    db2 = np.sum(dz2, axis=1, keepdims=True)
    dh1 = W2.T @ dz2
    dz1 = dh1*h1*(1 - h1)
    dW1 = dz1 @ x.T
    db1 = np.sum(dz1, axis=1, keepdims=True)

# Through time
A neuron that sees its own last state. u is used twice.
given:
    h1 = tanh(u*x1)
    h2 = tanh(w*h1 + u*x2)
    E = (h2 - t)**2/2
at: w = 0.7, u = -0.4, x1 = 0.9, x2 = 1.3, t = 0.2
asked: dw, du
hint: Write the error at the second step once: d2 = (h2 - t)(1 - h2²).
hint: u acts at both steps: one term goes through h1, the other does not.
solution:
    d2 = (h2 - t)*(1 - h2**2)
    dw = d2*h1
    d1 = d2*w*(1 - h1**2)
    du = d2*x2 + d1*x1
"""
