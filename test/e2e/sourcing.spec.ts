import { startApp, type TestApp } from '../support/app.ts';
import { expectStatus, World, type Merchant } from '../support/world.ts';

let test: TestApp;
let world: World;
let shop: Merchant;

beforeAll(async () => {
  test = await startApp();
  world = await World.open(test);
  await world.catalogue();
  shop = await world.merchant();
});

afterAll(() => test.close());

const wish = {
  name: 'Bamboo lamp',
  link: 'https://goods.example/lamp',
  picture: 'https://goods.example/lamp.jpg',
  quantity: 40,
};

const ask = async (body: object = wish): Promise<{ id: string; status: string }> =>
  expectStatus(await shop.caller.post('/v1/sourcing-requests', body), 201);

describe('goods that the catalogue does not have', () => {
  it('are asked for, and end in a variant', async () => {
    const asked = await ask();
    expect(asked).toMatchObject({ ...wish, status: 'open', sku: null, answer: null, answered_at: null });
    const path = `/v1/sourcing-requests/${asked.id}`;
    expectStatus(await shop.caller.post(`${path}/answer`, { status: 'declined', answer: 'No.' }), 403);
    const answer = (body: object) => world.admin.post(`${path}/answer`, body);
    expect(expectStatus(await answer({ status: 'found' }), 422)).toMatchObject({ errors: [{ pointer: '/sku' }] });
    expect(expectStatus(await answer({ status: 'found', sku: 'NONE' }), 422)).toMatchObject({
      errors: [{ pointer: '/sku' }],
    });
    const found = await answer({ status: 'found', sku: 'LAMP', answer: 'As good.' });
    expect(expectStatus(found, 200)).toMatchObject({ status: 'found', sku: 'LAMP', answer: 'As good.' });
    expect(expectStatus(await answer({ status: 'declined', answer: 'No.' }), 409)).toMatchObject({
      code: 'illegal_step',
    });
    expect(expectStatus(await shop.caller.get(path), 200)).toMatchObject({ status: 'found', sku: 'LAMP' });
    await test.settle();
    const events = await shop.caller.get('/v1/events?type=sourcing.answered');
    expect(expectStatus(events, 200)).toMatchObject({
      data: [{ data: { sourcing_request: asked.id, status: 'found', sku: 'LAMP', answer: 'As good.' } }],
    });
  });

  it('or in a no that says why', async () => {
    const { id } = await ask({ name: 'A live shark' });
    const path = `/v1/sourcing-requests/${id}/answer`;
    expect(expectStatus(await world.admin.post(path, { status: 'declined' }), 422)).toMatchObject({
      errors: [{ pointer: '/answer' }],
    });
    const declined = await world.admin.post(path, { status: 'declined', answer: 'No courier takes it.' });
    expect(expectStatus(declined, 200)).toMatchObject({ status: 'declined', sku: null });
  });

  it('are listed for their merchant and for staff alone', async () => {
    const { id } = await ask({ name: 'A desk' });
    const stranger = (await world.merchant()).caller;
    expectStatus(await stranger.get(`/v1/sourcing-requests/${id}`), 404);
    expect(expectStatus(await stranger.get('/v1/sourcing-requests'), 200)).toMatchObject({ data: [] });
    expect((await shop.caller.get('/v1/sourcing-requests?status=open')).text).toContain(id);
    expect((await world.admin.get('/v1/sourcing-requests')).text).toContain(id);
  });

  it('are refused with what is wrong about them', async () => {
    const wrong = await shop.caller.post('/v1/sourcing-requests', {
      name: ' ',
      link: 'javascript:alert(1)',
      quantity: 0,
    });
    const { errors } = expectStatus<{ errors: { pointer: string }[] }>(wrong, 422);
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual(['/link', '/name', '/quantity']);
  });
});
