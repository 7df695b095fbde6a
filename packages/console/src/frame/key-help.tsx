import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';

const keys = [
  ['j', 'next row'],
  ['k', 'row before'],
  ['Enter', 'open the row'],
  ['x', 'mark the row; CSV then holds the marked rows'],
  ['Esc', 'close what is open'],
  ['/', 'search'],
  ['?', 'this list'],
] as const;

export function KeyHelp({ open, change }: { readonly open: boolean; readonly change: (open: boolean) => void }) {
  return (
    <ModalOverlay className="veil" isDismissable isOpen={open} onOpenChange={change}>
      <Modal className="dialog">
        <Dialog>
          <Heading slot="title" level={2}>
            Keys
          </Heading>
          <dl className="facts">
            {keys.map(([key, does]) => [
              <dt key={key}>
                <kbd>{key}</kbd>
              </dt>,
              <dd key={does}>{does}</dd>,
            ])}
          </dl>
          <div className="acts">
            <button type="button" className="button" onClick={() => change(false)}>
              Close
            </button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
